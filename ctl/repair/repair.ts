import { nextBoot } from "#core/boot";
import { refused } from "#core/errors";
import { envelopeId } from "#core/events/fact-decoder";
import type { Position } from "#core/fold/state";
import type { UserId } from "#core/ids";
import type { Bus } from "#core/ports/bus";
import { type Clock, pause } from "#core/ports/clock";
import type { Log } from "#core/ports/log";
import type { Random } from "#core/ports/random";
import { planRepair, type RepairPlan } from "#core/repair/plan";
import { subjects } from "#core/subjects";
import type { ClusterClient } from "#ctl/client/client";
import type { LedgerReader } from "#ctl/history/reader";
import { type Address, askWorlds, listenForInstances, type Said } from "#ctl/repair/ask";
import { keepLedger } from "#ctl/repair/keep";
import { type OldLedger, readOld } from "#ctl/repair/old";
import { readTold, type Told } from "#ctl/repair/told";
import { type Written, writeLedger } from "#ctl/repair/write";

/** Longer than a leader is silent between two beats, and than a standby waits before it leads (3 s). */
const BEATS_MS = 4_000;

export interface RepairPorts {
  readonly ledger: Log;
  readonly events: Log;
  readonly audit: Log;
  readonly reader: LedgerReader;
  /** Of CORE: where leaders beat. */
  readonly core: Bus;
  /** Of EDGE: where bridges speak and answer this user. */
  readonly edge: Bus;
  readonly client: ClusterClient;
  readonly clock: Clock;
  readonly random: Random;
  /** One line of progress. */
  readonly say: (line: string) => void;
  /** How long bridges are listened for (ms); left out: two of their periods. */
  readonly listenMs?: number;
}

export interface Prepared {
  /** A leader beat while bridges were listened for. */
  readonly leads: boolean;
  readonly old: OldLedger;
  readonly said: Said;
  readonly told: Told;
  readonly plan: RepairPlan;
}

/** Who is to be asked: whoever was heard, and whom the old ledger assigned an instance to. */
const addressesOf = (heard: readonly Address[], { state }: OldLedger): Address[] => {
  const all = new Map<string, Address>();
  for (const { id, slave } of state.instances.values())
    if (slave !== "") all.set(`${slave}/${id}`, { slave, instance: id });
  for (const address of heard) all.set(`${address.slave}/${address.instance}`, address);
  return [...all.values()];
};

/** Reads what can be read and asks who can be asked. Changes nothing. */
export const prepareRepair = async (ports: RepairPorts, signal: AbortSignal): Promise<Prepared> => {
  const { reader, core, edge, client, clock, random, say, listenMs } = ports;
  say("listening for bridges…");
  const ms = listenMs === undefined ? {} : { ms: listenMs };
  const leader = listenForLeader(core);
  const heard = await listenForInstances(edge, { clock, signal, ...ms });
  const leads = leader();
  say("reading LEDGER…");
  const old = await readOld(ports.ledger, reader, signal);
  const told = await readTold(ports, old, signal);
  const addresses = addressesOf(heard, old);
  say(`asking ${addresses.length} instances what their worlds hold…`);
  const said = await askWorlds(client, addresses);
  const boot = nextBoot(clock.now(), old.state.boot, random);
  const plan = planRepair(old.state, said.spoken, { token: `~${boot}.0`, told: told.commands });
  return { leads, old, said, told, plan };
};

/** Sessions begin anew, so what EVENTS holds so far is of no use any more. */
const positionAtEnd = async (events: Log): Promise<Position> => {
  const { created, lastSeq: seq } = await events.info();
  const last = seq === 0 ? undefined : await events.get(seq);
  return { created, seq, id: last === undefined ? "" : envelopeId(last.data) };
};

/** Call what it returns to end it: true when a leader beat meanwhile. */
const listenForLeader = (core: Bus): (() => boolean) => {
  let beats = 0;
  const subscription = core.subscribe(subjects.stateLeader(), () => beats++);
  return () => {
    subscription.stop();
    return beats > 0;
  };
};

/** A leader would write beside us. */
const LEADS = "a projector leads: stop every projector first, and start them again after the repair";

const refuseLeader = async ({ core, clock }: RepairPorts, signal: AbortSignal): Promise<void> => {
  const leader = listenForLeader(core);
  await pause(clock, BEATS_MS, signal);
  if (leader()) throw refused(LEADS);
};

const refuseSilence = ({ worlds }: RepairPlan): void => {
  if (worlds.length === 0) throw refused("no world speaks: start the servers and their bridges first");
};

/** What forbids the repair already, before anybody is asked whether to do it. @throws ClusterioError `refused` */
export const refusePrepared = ({ leads, plan }: Prepared): void => {
  if (leads) throw refused(LEADS);
  refuseSilence(plan);
};

/**
 * Keeps the old ledger in a file, and begins a new one.
 * @throws ClusterioError `refused` while a projector leads or no world speaks, `lost-write` when somebody else wrote.
 */
export const repair = async (
  ports: RepairPorts,
  { old, plan }: Pick<Prepared, "old" | "plan">,
  { user, file, signal }: { readonly user: UserId; readonly file: string; readonly signal: AbortSignal },
): Promise<Written & { readonly kept: number }> => {
  refuseSilence(plan);
  const { ledger, events, clock, random, say } = ports;
  say("looking whether a projector leads…");
  await refuseLeader(ports, signal);
  say(`keeping the old ledger in ${file}…`);
  const { messages } = await keepLedger(ledger, file, { signal });
  plan.state.position = await positionAtEnd(events);
  const boot = nextBoot(clock.now(), old.state.boot, random);
  const by = { boot, now: Math.max(clock.now(), old.state.closedAt), lastSeq: old.lastSeq };
  const written = await writeLedger(
    ledger,
    { state: plan.state, repair: { user, follows: { seq: old.lastSeq, file } } },
    by,
  );
  return { ...written, kept: messages };
};
