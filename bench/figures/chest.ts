import { join } from "node:path";
import { BenchCluster, Daemon } from "#bench/kit/cluster";
import type { Figure } from "#bench/kit/figure";
import { percentile } from "#bench/kit/statistics";
import { watchLines } from "#bench/kit/watched-file";
import { nodeClock } from "#core/adapters/node-clock";
import { packageRoot } from "#core/adapters/package-root";
import { instanceId, slaveId } from "#core/ids";
import { patiently } from "#ctl/up/patience";

const START_MS_MAX = 60_000;
/** A plate leaves every half second. */
const WARM_UP_PLATES = 4;
const PLATES = 40;
const MARKS = 40;
const MARK_MS = 53;

const SLAVE = slaveId("probe");
const WORLDS = ["source", "target"] as const;
type WorldName = (typeof WORLDS)[number];

/** Two worlds in two games at 60 updates a second; a plate put into a chest of one comes out of a chest of the other. */
export const chest = async (): Promise<Figure[]> => {
  const cluster = await BenchCluster.start();
  let bridge: Daemon | undefined;
  try {
    const dir = join(cluster.nats.folder, "bridge");
    const { path: creds } = await cluster.nats.identity.slaveCreds(SLAVE);
    const mod = join(packageRoot(), "bench", "probe-world");
    const args = ["--slave", SLAVE, "--nats-url", cluster.nats.url, "--creds", creds, "--dir", dir];
    bridge = Daemon.start("slave-bridge", cluster.nats.folder, [...args, "--extra-mods", mod, "--stop-games"]);
    await startWorlds(cluster);
    const fileOf = (world: WorldName, file = "probe.txt") => join(dir, "instances", world, "script-output", file);
    const marks = await marked(cluster, fileOf("target"));
    const plates = await handedOver(fileOf("source"), fileOf("target"));
    const signals = await handedOver(fileOf("source"), fileOf("target", "signals.txt"));
    const figureOf = (what: string, values: number[], percent: number, aim: object = {}): Figure => ({
      name: "chest",
      what: `${what} between two worlds, p${percent}`,
      value: percentile(values, percent),
      unit: "ms",
      ...aim,
      reference: { what: `a command to a game, p${percent}`, value: percentile(marks, percent), unit: "ms" },
    });
    return [
      figureOf("chest to chest", plates, 50, { aim: { sense: "under", value: 150 } as const }),
      figureOf("chest to chest", plates, 99),
      figureOf("transmitter to receiver", signals, 50, { aim: { sense: "under", value: 500 } as const }),
      figureOf("transmitter to receiver", signals, 99),
    ];
  } finally {
    await bridge?.stop();
    await cluster.stop();
  }
};

const startWorlds = async ({ client }: BenchCluster): Promise<void> => {
  const patience = { clock: nodeClock, signal: AbortSignal.timeout(START_MS_MAX), ms: START_MS_MAX };
  for (const [seed, name] of WORLDS.entries()) {
    await client.master("instance.create", { name, config: { seed, autosaveSeconds: 0 } });
    await client.master("instance.assign", { instance: name, slave: SLAVE });
    const address = { slave: SLAVE, instance: instanceId(name) };
    await patiently(() => client.bridge(address, "start", {}), patience);
  }
};

/** Milliseconds from a user's command to the tick in which the game carries it out: NATS, bridge, RCON, game, file. */
const marked = async ({ client }: BenchCluster, file: string): Promise<number[]> => {
  const target = { slave: SLAVE, instance: instanceId("target") };
  const patience = { clock: nodeClock, signal: AbortSignal.timeout(START_MS_MAX), ms: START_MS_MAX };
  const mark = () => client.bridge(target, "send-rcon", { command: "/probe-mark" });
  let heard = (_at: number) => {};
  const stop = watchLines(file, (line, at) => line === "mark" && heard(at));
  const values: number[] = [];
  try {
    const first = new Promise<number>((resolve) => {
      heard = resolve;
    });
    await patiently(mark, patience);
    await first;
    for (let n = 0; n < MARKS; n++) {
      await new Promise((resolve) => setTimeout(resolve, MARK_MS));
      const begun = performance.now();
      const came = new Promise<number>((resolve) => {
        heard = resolve;
      });
      await mark();
      values.push((await came) - begun);
    }
    return values;
  } finally {
    stop();
  }
};

/** Milliseconds from the n-th plate's line of the source to the line of the target that counts at least n. */
const handedOver = (source: string, target: string): Promise<number[]> =>
  new Promise((resolve, reject) => {
    const put: number[] = [];
    const values: number[] = [];
    let seen = 0;
    let ignoredUpTo = Number.POSITIVE_INFINITY;
    let begunAt: number | undefined;
    const finish = (end: () => void) => {
      clearTimeout(timer);
      for (const stop of stops) stop();
      end();
    };
    const late = () => reject(new Error(`${values.length} of ${PLATES} plates came within ${START_MS_MAX} ms`));
    const timer = setTimeout(() => finish(late), START_MS_MAX);
    const onPut = (line: string, at: number) => {
      put[Number(line)] = at;
    };
    const onCame = (line: string, at: number) => {
      const count = Number(line);
      if (!Number.isInteger(count)) return;
      // What was under way before the watching began has no times: all that the first look finds has the time of that look.
      begunAt ??= at;
      if (at === begunAt) ignoredUpTo = count + WARM_UP_PLATES;
      for (let n = seen + 1; n <= count; n++) if (n > ignoredUpTo) values.push(at - put[n]!);
      seen = count;
      if (values.length >= PLATES) finish(() => resolve(values));
    };
    const stops = [watchLines(source, onPut), watchLines(target, onCame)];
  });
