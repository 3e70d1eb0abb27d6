import { pause } from "#core/ports/clock";
import type { Cluster } from "#sim/cluster/cluster";
import type { Master } from "#sim/cluster/master";

/** A stream that lost its tail and grew again to where it was: nothing about its length tells. */

const LOOK_MS = 20;
/** Who waits for the stream to grow waits no longer. */
const PATIENCE_MS = 30_000;

export const cut = (cluster: Cluster, stream: "events" | "ledger", behind: number): void => {
  const lastSeq = stream === "ledger" ? cluster.lostTail.after(behind) : behind;
  if (stream === "ledger") cluster.lostTail.cut(lastSeq);
  cluster.log(`${stream} is cut to ${lastSeq}`);
  cluster[stream].truncate(lastSeq);
  if (stream === "ledger") cluster.checker.ledgerCut(lastSeq);
  else cluster.checker.eventsCut(lastSeq);
};

/** Somebody removes the stream and makes it again. */
export const makeAnew = (cluster: Cluster, stream: "events" | "ledger"): void => {
  cluster.log(`${stream} is made anew`);
  cluster[stream].recreate();
  if (stream === "ledger") cluster.lostTail.cut(0);
  if (stream === "ledger") cluster.checker.ledgerCut(0);
  else cluster.checker.eventsCut(0);
};

const lastSeqOf = async (cluster: Cluster, stream: "events" | "ledger"): Promise<number> =>
  (await cluster[stream].info()).lastSeq;

/** Until the condition holds; false when it never did. */
const until = async (cluster: Cluster, condition: () => Promise<boolean>): Promise<boolean> => {
  for (let ms = 0; ms < PATIENCE_MS && !cluster.weather.quiet; ms += LOOK_MS) {
    if (await condition()) return true;
    await pause(cluster.clock, LOOK_MS);
  }
  return false;
};

/** So many messages EVENTS has again in the time that somebody waits. */
const GROWS_BY = 200;

/** No master looks while EVENTS loses its tail, or is made anew, and grows again. */
export const regrowEvents = async (cluster: Cluster): Promise<void> => {
  const machines = cluster.masters.map(({ machine }) => machine);
  const before = await lastSeqOf(cluster, "events");
  const lost = cluster.chance.between(1, 5);
  if (before <= lost) return;
  for (const machine of machines) machine.pause();
  if (before < GROWS_BY && cluster.chance.once(3)) makeAnew(cluster, "events");
  else cut(cluster, "events", before - lost);
  await until(cluster, async () => (await lastSeqOf(cluster, "events")) >= before);
  for (const machine of machines) machine.resume();
};

/** A standby's read hangs; the ledger loses its tail and grows beyond where that read begins. */
const regrowUnderRead = async (cluster: Cluster, { machine }: Master): Promise<void> => {
  let release = () => {};
  let hanging = false;
  const begun = () => {
    hanging = true;
  };
  machine.hangingRead = { begun, done: new Promise((resolve) => (release = resolve)) };
  if (await until(cluster, async () => hanging)) {
    const before = await lastSeqOf(cluster, "ledger");
    if (before > 3) {
      cut(cluster, "ledger", before - cluster.chance.between(1, 3));
      await until(cluster, async () => (await lastSeqOf(cluster, "ledger")) > before + 1);
    }
  }
  machine.hangingRead = undefined;
  release();
};

/**
 * A leader's append hangs and so does the leader; another one leads; the ledger loses its tail and grows again to where
 * the append belongs. Or it is a read of the standby that hangs.
 */
export const regrowLedger = async (cluster: Cluster): Promise<void> => {
  const leader = cluster.masters.find((master) => master.leads);
  if (leader === undefined) return;
  const standby = cluster.masters.find((master) => master !== leader && !master.machine.dead);
  if (standby !== undefined && cluster.chance.once(2)) return regrowUnderRead(cluster, standby);
  const { machine } = leader;
  const other = cluster.masters.find((master) => master !== leader);
  let release = () => {};
  let hanging = false;
  let over = false;
  const begun = () => {
    if (over) return;
    hanging = true;
    machine.pause();
  };
  cluster.weather.hang(begun, new Promise((resolve) => (release = resolve)));
  if (await until(cluster, async () => hanging)) {
    const before = await lastSeqOf(cluster, "ledger");
    await until(cluster, async () => other?.leads === true && (await lastSeqOf(cluster, "ledger")) > before);
    if (before > 3 && !cluster.weather.quiet) cut(cluster, "ledger", before - cluster.chance.between(1, 3));
    await until(cluster, async () => (await lastSeqOf(cluster, "ledger")) >= before);
  }
  over = true;
  release();
  await pause(cluster.clock, cluster.chance.below(300));
  machine.resume();
};
