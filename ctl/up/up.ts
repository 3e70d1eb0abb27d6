import { isClusterioError, messageOf } from "#core/errors";
import type { InstanceId } from "#core/ids";
import type { DaemonContext } from "#core/lifecycle";
import { pause } from "#core/ports/clock";
import { type Address, addressesOf, freeze, type SettleContext, settle, thaw } from "#ctl/count/settle";
import { readableSummary, type Summary, summaryOf } from "#ctl/count/summary";
import type { Prints } from "#ctl/printed/all";
import { untilLinked } from "#ctl/up/linked";
import type { UpOptions } from "#ctl/up/options";
import { Output } from "#ctl/up/output";
import { patiently } from "#ctl/up/patience";
import { type Cluster, type StartContext, startBroker, startCluster } from "#ctl/up/start";
import { writeUpState } from "#ctl/up/state";
import { makeWorlds, wantedWorlds } from "#ctl/up/worlds";

const LOOK_MS = 1_000;
/** A game that is just being started again is waited for. */
const FREEZE_MS_MAX = 60_000;
const ANSWER_MS_MAX = 30_000;

/** The count did not come out even: exit code 1, told without a stack. */
class NotConserved extends Error {
  constructor(message: string) {
    super(message);
    delete this.stack;
  }
}

/** `clusterio up`: the whole cluster on this machine, until it is told to stop or its time is over. */
export const up = async (options: UpOptions, { signal, own }: DaemonContext): Promise<void> => {
  const output = new Output(options.json);
  // A terminal that was closed: nobody is left who could stop it.
  process.on("SIGHUP", () => process.kill(process.pid, "SIGTERM"));
  const { say } = output;
  if (options.brokerOnly === true) return brokerAlone(options, { signal, own, say });
  const cluster = await startCluster(options, { signal, own, say });
  own(undefined, () => say("stopping…"));
  say(gameLine(options));
  await ensureWorlds(cluster, { signal, say });
  const linked = await untilLinked(cluster, { signal, say });
  say(`linked: ${linked.join(", ")}`);
  await thawLeft(cluster, linked, signal);
  const view = new View(cluster, output);
  if (options.forSeconds === undefined) {
    if (!output.live) say("runs until Ctrl-C");
    await view.show(Number.POSITIVE_INFINITY, signal);
    return;
  }
  const summary = await countAfter(options.forSeconds, { cluster, view, say, signal });
  if (options.json) output.result(JSON.stringify(summary.summary satisfies Prints<"up">));
  else for (const line of readableSummary(summary.summary)) output.result(line);
  if (summary.faults.length > 0) throw new NotConserved(`not conserved:\n${summary.faults.join("\n")}`);
};

/** No projector leads, so a backup's streams can be put back. */
const brokerAlone = async (options: UpOptions, context: StartContext): Promise<void> => {
  const { plan } = await startBroker(options, context);
  const restore = `clusterio backup restore NAME --dir ${options.dir}`;
  context.say(`nats-server runs at ${plan.natsUrl}, and nothing else, until Ctrl-C: ${restore}`);
  const { signal } = context;
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
};

const gameLine = ({ game }: UpOptions): string =>
  game.kind === "factorio"
    ? `Factorio in ${game.dir}`
    : `stand-in, not real Factorio${game.speed === 1 ? "" : ` (speed ${game.speed})`}; --factorio DIR runs the real game`;

/** Worlds are made once: those that a lost ledger forgot come back from their saves. */
const ensureWorlds = async (
  cluster: Cluster,
  { signal, say }: { readonly signal: AbortSignal; readonly say: (line: string) => void },
): Promise<void> => {
  const { plan, client, state } = cluster;
  if (state.worlds === "made") return;
  const patience = { clock: plan.clock, signal, ms: ANSWER_MS_MAX };
  const set = async (worlds: "making" | "made") => {
    cluster.state = { ...cluster.state, worlds };
    await writeUpState(plan.options.dir, cluster.state);
  };
  const there = await patiently(() => client.instances(), patience);
  if (state.worlds === "making" || there.length === 0) {
    await set("making");
    await makeWorlds(wantedWorlds(plan.options.worlds), { client, slave: plan.slave, patience, say });
  }
  await set("made");
};

/** A run that was killed while it counted left its worlds frozen. */
const thawLeft = async (cluster: Cluster, linked: readonly InstanceId[], signal: AbortSignal): Promise<void> => {
  const { plan, client } = cluster;
  const addresses = linked.map((instance) => ({ slave: plan.slave, instance }));
  const context = { client, clock: plan.clock, signal };
  await patiently(() => thaw(context, addresses), { clock: plan.clock, signal, ms: FREEZE_MS_MAX });
};

/** What a person sees while it runs. */
class View {
  constructor(
    private readonly cluster: Cluster,
    private readonly output: Output,
  ) {}

  /** Shows the cluster for `ms`, or until the signal aborts. */
  async show(ms: number, signal: AbortSignal): Promise<void> {
    const { plan, watcher } = this.cluster;
    watcher.restart();
    const until = plan.clock.now() + ms;
    const shown = this.output.show({
      model: () => watcher.model,
      problem: () => watcher.problem,
      around: () => this.#around(),
    });
    try {
      while (!signal.aborted && plan.clock.now() < until) {
        await watcher.look();
        shown.update();
        await pause(plan.clock, Math.min(LOOK_MS, Math.max(0, until - plan.clock.now())), signal);
      }
    } finally {
      shown.close();
    }
  }

  #around() {
    const { plan, httpPort, watcher } = this.cluster;
    const { dir } = plan.options;
    const stop = `Ctrl-C stops everything, state is kept in ${dir}`;
    return {
      game: gameLine(plan.options),
      foot: [
        ...(watcher.problem === "" ? [] : [watcher.problem]),
        stop,
        `metrics: http://127.0.0.1:${httpPort}/metrics`,
      ],
    };
  }
}

interface Run {
  readonly cluster: Cluster;
  readonly view: View;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Runs for a while, then stands everything still and counts. */
const countAfter = async (seconds: number, run: Run): Promise<{ summary: Summary; faults: readonly string[] }> => {
  const { cluster, view, say, signal } = run;
  const { plan, client, watcher } = cluster;
  const patience = { clock: plan.clock, signal, ms: ANSWER_MS_MAX };
  const before = await patiently(() => client.cluster(), patience);
  const startedAt = plan.clock.now();
  say(`running for ${seconds} s`);
  await view.show(seconds * 1000, signal);
  signal.throwIfAborted();
  const ran = (plan.clock.now() - startedAt) / 1000;
  const after = await patiently(() => client.cluster(), patience);

  say("freezing the worlds, letting what is under way arrive…");
  const context: SettleContext = { client, clock: plan.clock, signal };
  const addresses = await patiently(() => addressesOf(client), patience);
  try {
    await patiently(() => freeze(context, addresses), { ...patience, ms: FREEZE_MS_MAX });
    const { balance, books, signals } = await settle(context, addresses).catch(notCounted);
    const summary = summaryOf({
      seconds: ran,
      // A ledger that was lost in between begins again at 1.
      rounds: Math.max(0, after.round - before.round),
      latencyMs: watcher.latencyMs,
      worlds: books.worlds,
      balance,
      signals,
    });
    return { summary, faults: balance.faults.map(({ message }) => message) };
  } finally {
    await thawAgain(context, addresses, say);
  }
};

const notCounted = (error: unknown): never => {
  if (isClusterioError(error, "unavailable")) throw new NotConserved(`not known to be conserved: ${error.message}`);
  throw error;
};

/** The next start thaws, too: here it is for the saves that the games write when they are stopped. */
const thawAgain = async (context: SettleContext, addresses: readonly Address[], say: Run["say"]): Promise<void> => {
  try {
    await thaw(context, addresses);
  } catch (error) {
    if (!isClusterioError(error)) throw error;
    say(`could not thaw the worlds: ${messageOf(error)}`);
  }
};
