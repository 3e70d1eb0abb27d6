import { processorMs } from "#bench/kit/process";
import { type Access, SimulatedBridge } from "#bench/load/simulated-bridge";
import { JetStreamLog } from "#core/adapters/jetstream-log";
import { connectNats, type NatsLink } from "#core/adapters/nats-connection";
import { encodeJson } from "#core/events/codec";
import { instanceId, slaveId } from "#core/ids";
import { subjects } from "#core/subjects";
import { verify } from "#ctl/audit/verify";
import { LiveLedger } from "#ctl/history/reader";

/** What workers do (load/worker.ts): each a function of its options, with nothing shared but the broker. */

/** Facts of one instance that are published and not granted yet: enough to keep a busy leader busy for a second. */
const OUTSTANDING_MAX = 150;
/** Published in one turn of the event loop of a job that only publishes. */
const TURN = 500;
/** As many as the projector reads at once. */
const READ_BATCH = 500;
const ANSWER_MS_MAX = 5_000;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface LiveOptions {
  readonly bridges: readonly Access[];
  readonly warmUpMs: number;
  readonly spanMs: number;
  readonly spans: number;
}

/** Publishes as fast as facts are granted; facts granted a second in each span. */
const live = async (options: LiveOptions, ready: () => void): Promise<number[]> => {
  const bridges = await Promise.all(options.bridges.map((access) => SimulatedBridge.open(access)));
  ready();
  let running = true;
  const load = Promise.all(bridges.map((bridge) => keepBusy(bridge, () => running)));
  const granted = () => bridges.flatMap(({ worlds }) => worlds).reduce((sum, world) => sum + world.granted, 0);
  await sleep(options.warmUpMs);
  const rates: number[] = [];
  for (let span = 0; span < options.spans; span++) {
    const [before, begun] = [granted(), performance.now()];
    await sleep(options.spanMs);
    rates.push(((granted() - before) * 1_000) / (performance.now() - begun));
  }
  running = false;
  await load;
  await Promise.all(bridges.map((bridge) => bridge.close()));
  return rates;
};

const keepBusy = async (bridge: SimulatedBridge, running: () => boolean): Promise<void> => {
  while (running()) {
    let published = 0;
    for (const [index, world] of bridge.worlds.entries()) {
      if (world.sent - world.granted >= OUTSTANDING_MAX) continue;
      bridge.report(index);
      published++;
    }
    await (published > 0 ? turn() : sleep(1));
  }
};

interface LatencyOptions {
  readonly bridge: Access;
  readonly samples: number;
  /** Longer than the leader's least interval between rounds. */
  readonly pauseMs: number;
}

/**
 * Milliseconds from publishing one fact to the delivery that grants what it wants, and, each beside one of those, there and back
 * of a message as long as a fact. Of two worlds the first (index 0) wants what the second (index 5) exports, and the other way
 * round.
 */
const latency = async ({ bridge: access, samples, pauseMs }: LatencyOptions) => {
  const bridge = await SimulatedBridge.open(access);
  const { nc } = bridge.link;
  const first = bridge.worlds[0]!;
  const { there, back } = echoSubjects(access.slave);
  let echoed = () => {};
  nc.subscribe(back, { callback: () => echoed() });
  const data = encodeJson({ padding: "x".repeat(500) });
  const [facts, echoes]: [number[], number[]] = [[], []];
  for (let sample = 0; sample < samples; sample++) {
    bridge.report(5);
    await sleep(pauseMs + (sample % 10));
    const delivered = timed((done) => {
      bridge.onGrant = () => first.granted === sample + 1 && done();
    });
    bridge.report(0);
    facts.push(await delivered);
    await sleep(pauseMs);
    const came = timed((done) => {
      echoed = done;
    });
    nc.publish(there, data);
    echoes.push(await came);
  }
  await bridge.close();
  return { facts, echoes };
};

/** Milliseconds from now until it is done. */
const timed = (ask: (done: () => void) => void): Promise<number> =>
  new Promise((resolve, reject) => {
    const begun = performance.now();
    const timer = setTimeout(() => reject(new Error(`no answer within ${ANSWER_MS_MAX} ms`)), ANSWER_MS_MAX);
    ask(() => {
      clearTimeout(timer);
      resolve(performance.now() - begun);
    });
  });

/** The telemetry of the echo's slave, and where it comes back. */
const echoSubjects = (slave: string) => {
  const [id, instance] = [slaveId(slave), instanceId("echo")];
  return { there: subjects.telemetry(id, instance), back: subjects.delivery(id, instance) };
};

interface EchoOptions {
  readonly url: string;
  readonly creds: string;
  readonly slave: string;
}

/** Sends back what a slave publishes, from the master's account: the least that a master could do. */
const echo = async (options: EchoOptions, ready: () => void): Promise<void> => {
  const link = await masterLink(options);
  const { there, back } = echoSubjects(options.slave);
  link.nc.subscribe(there, { callback: (_error, { data }) => link.nc.publish(back, data) });
  await link.nc.flush();
  ready();
  await link.nc.closed();
};

const masterLink = ({ url, creds }: { readonly url: string; readonly creds: string }): Promise<NatsLink> =>
  connectNats({ servers: url, creds: new TextEncoder().encode(creds), name: "master" });

/** Publishes the live load's facts, this many, with nobody to answer. */
const publish = async ({ bridges, count }: { readonly bridges: readonly Access[]; readonly count: number }) => {
  const mute = await Promise.all(bridges.map((access) => SimulatedBridge.openMute(access)));
  let left = count;
  for (let index = 0; left > 0; index = (index + 1) % mute[0]!.worlds.length) {
    for (const bridge of mute) if (left-- > 0) bridge.report(index);
    if (left % TURN < mute.length) await Promise.all(mute.map((bridge) => bridge.link.nc.flush()));
  }
  await Promise.all(mute.map((bridge) => bridge.close()));
};

/** Facts a second that come out of `EVENTS` from now on, until there were `count`. */
const consume = async (
  options: { readonly url: string; readonly creds: string; readonly count: number },
  ready: () => void,
): Promise<number> => {
  const link = await masterLink(options);
  const log = new JetStreamLog(link, "EVENTS");
  const { lastSeq } = await log.info();
  const rate = await new Promise<number>((resolve, reject) => {
    let [got, begun] = [0, 0];
    log.follow(
      lastSeq + 1,
      () => {
        if (got === 0) begun = performance.now();
        if (++got === options.count) resolve((got * 1_000) / (performance.now() - begun));
      },
      () => reject(new Error("the stream was recreated while it was read")),
    );
    ready();
  });
  await link.close();
  return rate;
};

/** Reads a stream from a sequence to its end; how many messages that were. */
const read = async (options: {
  readonly url: string;
  readonly creds: string;
  readonly stream: string;
  readonly from: number;
}): Promise<number> => {
  const link = await masterLink(options);
  const log = new JetStreamLog(link, options.stream);
  let [count, next] = [0, options.from];
  for (;;) {
    const batch = await log.read(next, READ_BATCH);
    if (batch.length === 0) break;
    count += batch.length;
    next = batch.at(-1)!.seq + 1;
  }
  await link.close();
  return count;
};

/** Audits LEDGER up to a sequence, as `clusterio audit verify` does, and says what this process took for it. */
const audit = async (options: { readonly url: string; readonly creds: string; readonly to: number }) => {
  const link = await masterLink(options);
  const live = new LiveLedger(new JetStreamLog(link, "LEDGER"));
  const begun = performance.now();
  const answers = { reason: "a benchmark" };
  const { signal } = new AbortController();
  const proof = await verify({ archives: [], live, events: undefined, answers }, { to: options.to }, signal);
  if (proof.verdict !== "holds" || proof.tally.grants === 0) throw new Error(JSON.stringify(proof));
  const ms = performance.now() - begun;
  await link.close();
  return { ms, processorMs: processorMs(process.pid), residentMb: (process.resourceUsage().maxRSS * 1024) / 1e6 };
};

const byName = { live, latency, echo, publish, consume, read, audit };
export type JobName = keyof typeof byName;
export type JobOptions<J extends JobName> = Parameters<(typeof byName)[J]>[0];
export type JobResult<J extends JobName> = Awaited<ReturnType<(typeof byName)[J]>>;

type AnyJob = (options: never, ready: () => void) => Promise<unknown>;
export const jobs: Readonly<Record<string, AnyJob>> = byName;
