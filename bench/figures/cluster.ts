import { BenchCluster } from "#bench/kit/cluster";
import type { Figure } from "#bench/kit/figure";
import { residentMb } from "#bench/kit/process";
import { median, percentile } from "#bench/kit/statistics";
import { runWorker, startWorker } from "#bench/kit/worker";
import type { Access } from "#bench/load/simulated-bridge";

const SLAVES = 4;
const INSTANCES = 200;
const WARM_UP_MS = 3_000;
const SPAN_MS = 2_000;
const SPANS = 5;
const SAMPLES = 150;
/** More than the 50 ms that rounds are apart. */
const PAUSE_MS = 75;
const RAW_FACTS = 100_000;
const RAW_ROUNDS = 3;
const MEMORY_LOOK_MS = 200;

/** A projector process on a real nats-server: alone with one slave, then with 200 busy instances. */
export const cluster = async (): Promise<Figure[]> => {
  const running = await BenchCluster.start();
  try {
    const latency = await latencyFigures(running);
    const bridges: Access[] = [];
    for (let n = 0; n < SLAVES; n++) bridges.push(await running.slave(`s${n}`, INSTANCES / SLAVES));
    const idle = memoryOf(running);
    const { rate, busy } = await underLoad(running, bridges);
    await running.projector.stop();
    const raw = await rawRate(running, bridges);
    const reference = { what: "the same facts published and only read", value: raw, unit: "/s" };
    return [
      {
        name: "live",
        what: "facts folded, granted, delivered (200 instances)",
        value: rate,
        unit: "/s",
        aim: { sense: "at least", value: 20_000 },
        reference,
      },
      ...latency,
      ...(["projector", "nats-server"] as const).map(
        (process): Figure => ({
          name: "memory",
          what: `${process}, 200 busy instances`,
          value: busy[process],
          unit: "MB",
          reference: { what: "the same instances idle", value: idle[process], unit: "MB" },
        }),
      ),
    ];
  } finally {
    await running.stop();
  }
};

const latencyFigures = async (running: BenchCluster): Promise<Figure[]> => {
  const bridge = await running.slave("idle", 6);
  const echo = startWorker("echo", { ...(await running.masterAccess()), slave: bridge.slave });
  await echo.ready;
  const { facts, echoes } = await runWorker("latency", { bridge, samples: SAMPLES, pauseMs: PAUSE_MS });
  echo.stop();
  return [50, 99].map((percent) => ({
    name: "latency",
    what: `idle, fact to delivery, p${percent}`,
    value: percentile(facts, percent),
    unit: "ms",
    ...(percent === 50 ? { aim: { sense: "under", value: 3 } as const } : {}),
    reference: { what: `publish and echo, p${percent}`, value: percentile(echoes, percent), unit: "ms" },
  }));
};

const memoryOf = ({ projector, nats }: BenchCluster) => ({
  projector: residentMb(projector.pid),
  "nats-server": residentMb(nats.pid),
});

/** The most that each process had while facts came as fast as they were granted. */
const underLoad = async (running: BenchCluster, bridges: readonly Access[]) => {
  const load = startWorker("live", { bridges, warmUpMs: WARM_UP_MS, spanMs: SPAN_MS, spans: SPANS });
  const busy = memoryOf(running);
  const looking = setInterval(() => {
    const now = memoryOf(running);
    for (const process of ["projector", "nats-server"] as const) busy[process] = Math.max(busy[process], now[process]);
  }, MEMORY_LOOK_MS);
  try {
    return { rate: median(await load.result), busy };
  } finally {
    clearInterval(looking);
    load.stop();
  }
};

const rawRate = async (running: BenchCluster, bridges: readonly Access[]): Promise<number> => {
  const rates: number[] = [];
  for (let round = 0; round < RAW_ROUNDS; round++) {
    const reading = startWorker("consume", { ...(await running.masterAccess()), count: RAW_FACTS });
    await reading.ready;
    await runWorker("publish", { bridges, count: RAW_FACTS });
    rates.push(await reading.result);
  }
  return median(rates);
};
