import { BenchCluster } from "#bench/kit/cluster";
import type { Figure } from "#bench/kit/figure";
import { BenchNats } from "#bench/kit/nats";
import { runWorker } from "#bench/kit/worker";
import { type HistorySize, ledgerHistory } from "#bench/load/ledger-history";
import { JetStreamLog } from "#core/adapters/jetstream-log";

/** A million reports, 100 in a round; behind the newest checkpoint as many messages as a projector lets there be. */
const SIZE: HistorySize = { facts: 1_000_000, worlds: 200, factsPerRound: 100, tail: 5_000 };
/** Messages of one turn of publishing: a few MB on their way. */
const PUBLISH_TURN = 200;
const S = 1_000;

/** From the start of a projector's process to its first answer as the leader, on a ledger that is there. */
export const start = async (size: HistorySize = SIZE): Promise<Figure[]> => {
  const nats = await BenchNats.start();
  try {
    await nats.ensureStreams();
    const from = await store(nats, size);
    const fromCheckpoint = await started(nats);
    const fromSnapshot = await started(nats);
    const { bytes } = await nats.identity.masterCreds();
    const access = { url: nats.url, creds: new TextDecoder().decode(bytes) };
    const begun = performance.now();
    await runWorker("read", { ...access, stream: "LEDGER", from });
    const read = (performance.now() - begun) / S;
    const reference = { what: "a process that only reads the messages since the checkpoint", value: read, unit: "s" };
    const shown = (what: string, value: number): Figure => ({
      name: "start",
      what,
      value,
      unit: "s",
      aim: { sense: "under", value: 10 },
      reference,
    });
    const facts = size.facts.toLocaleString("en-US");
    return [
      shown(`start after ${facts} facts, from the last checkpoint`, fromCheckpoint),
      shown(`start after ${facts} facts, from the snapshot`, fromSnapshot),
    ];
  } finally {
    await nats.stop();
  }
};

/** Seconds until a projector leads and answers; stopped in order afterwards, which leaves a snapshot. */
const started = async (nats: BenchNats): Promise<number> => {
  const begun = performance.now();
  const cluster = await BenchCluster.on(nats);
  const seconds = (performance.now() - begun) / S;
  await cluster.stopMaster();
  return seconds;
};

/** Writes the history into LEDGER; the sequence at which its last checkpoint begins. */
const store = async (nats: BenchNats, size: HistorySize): Promise<number> => {
  const link = await nats.master();
  let [seq, checkpoint] = [0, 0];
  for (const { subject, bytes, message } of ledgerHistory(size)) {
    seq++;
    if (message.type === "checkpoint" && message.data.part === 1) checkpoint = seq;
    link.nc.publish(subject, bytes);
    if (seq % PUBLISH_TURN === 0) await link.nc.flush();
  }
  await link.nc.flush();
  const { lastSeq } = await new JetStreamLog(link, "LEDGER").info();
  if (lastSeq !== seq) throw new Error(`LEDGER took ${lastSeq} of ${seq} messages`);
  await link.close();
  return checkpoint;
};
