import type { Figure } from "#bench/kit/figure";
import { BenchNats } from "#bench/kit/nats";
import { runWorker } from "#bench/kit/worker";
import { storedLedger } from "#bench/load/stored-ledger";
import { JetStreamLog } from "#core/adapters/jetstream-log";

export interface AuditSizes {
  readonly messages: number;
  /** The same ledger up to here, to see what grows with it. */
  readonly part: number;
  readonly checkpointEvery: number;
}
/** What a busy cluster writes in days; a checkpoint as often as a projector writes one. */
const SIZES: AuditSizes = { messages: 1_000_000, part: 100_000, checkpointEvery: 5_000 };
/** Messages between two flushes: well below what a server keeps for a client. */
const PUBLISH_TURN = 1_000;
const S = 1_000;

/** `clusterio audit verify` on a large ledger, in a process of its own: what it takes, and whether that grows with the ledger. */
export const auditSize = async (sizes: AuditSizes = SIZES): Promise<Figure[]> => {
  const nats = await BenchNats.start();
  try {
    await nats.ensureStreams();
    await store(nats, sizes);
    const { bytes } = await nats.identity.masterCreds();
    const access = { url: nats.url, creds: new TextDecoder().decode(bytes) };
    const begun = performance.now();
    await runWorker("read", { ...access, stream: "LEDGER", from: 1 });
    const read = (performance.now() - begun) / S;
    const part = await runWorker("audit", { ...access, to: sizes.part });
    const whole = await runWorker("audit", { ...access, to: sizes.messages });
    const count = sizes.messages.toLocaleString("en-US");
    const tenth = `the first ${sizes.part.toLocaleString("en-US")} of them`;
    const name = "audit-size";
    return [
      {
        ...{ name, what: `${count} ledger messages audited`, value: whole.ms / S, unit: "s" },
        reference: { what: "a process that only reads them", value: read, unit: "s" },
      },
      {
        ...{ name, what: "processor time of that", value: whole.processorMs / S, unit: "s" },
        reference: { what: tenth, value: part.processorMs / S, unit: "s" },
      },
      {
        ...{ name, what: "memory of that, at most", value: whole.residentMb, unit: "MB" },
        aim: { sense: "under", value: 400 },
        ratioAim: { sense: "under", value: 1.5 },
        reference: { what: tenth, value: part.residentMb, unit: "MB" },
      },
    ];
  } finally {
    await nats.stop();
  }
};

const store = async (nats: BenchNats, { messages, checkpointEvery }: AuditSizes): Promise<void> => {
  const link = await nats.master();
  let published = 0;
  for (const { subject, data } of storedLedger(messages, checkpointEvery)) {
    link.nc.publish(subject, data);
    if (++published % PUBLISH_TURN === 0) await link.nc.flush();
  }
  await link.nc.flush();
  const { lastSeq } = await new JetStreamLog(link, "LEDGER").info();
  if (lastSeq !== published) throw new Error(`LEDGER took ${lastSeq} of ${published} messages`);
  await link.close();
};
