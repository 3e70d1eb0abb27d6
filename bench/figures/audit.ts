import type { Figure } from "#bench/kit/figure";
import { BenchNats } from "#bench/kit/nats";
import { inTurn } from "#bench/kit/statistics";
import { storedLedger } from "#bench/load/stored-ledger";
import { JetStreamLog } from "#core/adapters/jetstream-log";
import type { NatsLink } from "#core/adapters/nats-connection";
import { batches } from "#ctl/audit/ledger";
import { verify } from "#ctl/audit/verify";
import { LiveLedger } from "#ctl/history/reader";

export interface AuditSize {
  readonly messages: number;
  readonly rounds: number;
}
const SIZE: AuditSize = { messages: 20_000, rounds: 3 };
/** Messages between two flushes: well below what a server keeps for a client. */
const PUBLISH_TURN = 1_000;

/** A whole audit of a ledger in a real stream, against only reading it. */
export const audit = async (size: AuditSize = SIZE): Promise<Figure[]> => {
  const nats = await BenchNats.start();
  let link: NatsLink | undefined;
  try {
    await nats.ensureStreams();
    link = await nats.master();
    let stored = 0;
    for (const { subject, data } of storedLedger(size.messages)) {
      link.nc.publish(subject, data);
      if (++stored % PUBLISH_TURN === 0) await link.nc.flush();
    }
    await link.nc.flush();
    const ledger = new JetStreamLog(link, "LEDGER");
    while ((await ledger.info()).lastSeq < stored) await link.nc.flush();
    const [raw = Number.NaN, audited = Number.NaN] = await inTurn(size.rounds, [
      () => rated(stored, () => readAll(ledger, stored)),
      () => rated(stored, () => auditAll(ledger)),
    ]);
    return [
      {
        name: "audit",
        what: "ledger messages audited, every grant recomputed",
        value: audited,
        unit: "/s",
        reference: { what: "the same messages only read", value: raw, unit: "/s" },
      },
    ];
  } finally {
    await link?.close();
    await nats.stop();
  }
};

const rated = async (count: number, run: () => Promise<void>): Promise<number> => {
  const begun = performance.now();
  await run();
  return (count * 1_000) / (performance.now() - begun);
};

const { signal } = new AbortController();

const readAll = async (ledger: JetStreamLog, count: number): Promise<void> => {
  let read = 0;
  for await (const batch of batches(ledger, { from: 1, to: count }, signal)) read += batch.length;
  if (read !== count) throw new Error(`${read} of ${count} messages were read`);
};

const auditAll = async (ledger: JetStreamLog): Promise<void> => {
  const live = new LiveLedger(ledger);
  const answers = { reason: "a benchmark" };
  const proof = await verify({ archives: [], live, events: undefined, answers }, {}, signal);
  if (proof.verdict !== "holds" || proof.tally.grants === 0) throw new Error(JSON.stringify(proof));
};
