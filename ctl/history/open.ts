import { JetStreamLog } from "#core/adapters/jetstream-log";
import type { NatsLink } from "#core/adapters/nats-connection";
import { LiveLedger } from "#ctl/history/reader";

export const liveLedger = (link: NatsLink): LiveLedger => new LiveLedger(new JetStreamLog(link, "LEDGER"));
