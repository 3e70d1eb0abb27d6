import { parseArgs } from "node:util";
import { badInput, messageOf } from "#core/errors";
import { FAULTS, type Fault } from "#sim/cluster/chance";
import type { GameKind } from "#sim/cluster/history";

/** What one soak is asked to do. Pure. */
export interface Plan {
  readonly from: number;
  readonly seeds: number;
  readonly steps: number;
  readonly game: GameKind;
  readonly workers: number;
  /** No history begins after so many seconds. */
  readonly atMostS: number;
  readonly only: readonly Fault[] | undefined;
  readonly without: readonly Fault[];
  readonly forged: number;
  /** Fails when a kind of fault or a branch of the protocol was hit too rarely. */
  readonly coverage: boolean;
  readonly json: boolean;
  readonly report: string | undefined;
  /** Prints one history's trace instead of a summary. */
  readonly trace: boolean;
  /** A failing history is made smaller before it is shown. */
  readonly shrink: boolean;
}

export const USAGE = `npm run soak -- [options]: whole clusters in simulated trouble, one history for each seed
  --seeds N       so many histories (100)
  --from S        the first seed (1)
  --seed S        one history only
  --steps M       steps of each (600)
  --lua           the worlds are the real mod in real Lua, instead of its twin in TypeScript
  --mixed         the same, with a tank and an accumulator each way beside the chests
  --lockstep      the same as --lua, each with a joined client
  --workers W     threads (one for each core)
  --at-most S     begin no history after S seconds
  --only A,B      only these kinds of fault
  --without A,B   all but these
  --forged N      a test of the checker: so many items come from nowhere
  --coverage      fail also when a kind of fault or a branch of the protocol was hit too rarely
  --no-shrink     show a failing history as it is, instead of the smallest that fails the same way
  --trace, -v     with --seed: its trace
  --json          the report on standard output as JSON
  --report FILE   the report as Markdown
The last line is "N passed, N failed". Exit 0: all passed, 1: some failed, 2: these arguments cannot be understood.`;

const TEXT = { type: "string" } as const;
const FLAG = { type: "boolean" } as const;
const OPTIONS = {
  ...{
    seeds: TEXT,
    from: TEXT,
    seed: TEXT,
    steps: TEXT,
    workers: TEXT,
    only: TEXT,
    without: TEXT,
    forged: TEXT,
    "at-most": TEXT,
  },
  ...{ lua: FLAG, mixed: FLAG, lockstep: FLAG, coverage: FLAG, json: FLAG, report: TEXT, "no-shrink": FLAG },
  trace: { ...FLAG, short: "v" },
  help: { ...FLAG, short: "h" },
} as const;

/** What worlds run in, when one of these is named. */
const GAMES = ["lua", "mixed", "lockstep"] as const satisfies readonly GameKind[];

const COUNT_MAX = 1_000_000_000;
/** More threads than any machine has cores for only cost memory. */
const WORKERS_MAX = 256;

const whole = (name: string, text: string | undefined, otherwise: number, [min, max]: readonly [number, number]) => {
  if (text === undefined) return otherwise;
  const n = Number(text);
  if (!/^[0-9]+$/.test(text) || n < min || n > max)
    throw badInput(`--${name} takes a whole number from ${min} to ${max}, not "${text}"`);
  return n;
};

const faultsIn = (name: string, text: string | undefined): Fault[] | undefined => {
  if (text === undefined) return undefined;
  const named = text === "" ? [] : text.split(",");
  const unknown = named.filter((each) => !(FAULTS as readonly string[]).includes(each));
  if (unknown.length > 0)
    throw badInput(`--${name}: there is no fault ${unknown.join(", ")}; there are ${FAULTS.join(", ")}`);
  return FAULTS.filter((fault) => named.includes(fault));
};

/** @throws ClusterioError `bad-input` when the arguments cannot be understood; "help" when that is what they ask for. */
export const planOf = (argv: readonly string[], cores: number): Plan | "help" => {
  let values: ReturnType<typeof parseArgs<{ options: typeof OPTIONS; strict: true }>>["values"];
  try {
    ({ values } = parseArgs({ args: [...argv], options: OPTIONS, strict: true }));
  } catch (error) {
    throw badInput(messageOf(error), error);
  }
  if (values.help === true) return "help";
  const one = values.seed !== undefined;
  if (one && (values.seeds !== undefined || values.from !== undefined))
    throw badInput("--seed is one history: it goes with neither --seeds nor --from");
  const [game = "plain", ...others] = GAMES.filter((kind) => values[kind] === true);
  if (others.length > 0) throw badInput("either --lua, --mixed or --lockstep");
  if (values.trace === true && !one) throw badInput("a trace is of one history: name it with --seed");
  const seeds = one ? 1 : whole("seeds", values.seeds, 100, [1, COUNT_MAX]);
  return {
    from: one ? whole("seed", values.seed, 1, [0, COUNT_MAX]) : whole("from", values.from, 1, [0, COUNT_MAX]),
    seeds,
    steps: whole("steps", values.steps, 600, [0, 1_000_000]),
    game,
    workers: Math.min(seeds, whole("workers", values.workers, Math.max(1, cores), [1, WORKERS_MAX])),
    atMostS: whole("at-most", values["at-most"], Number.POSITIVE_INFINITY, [1, COUNT_MAX]),
    only: faultsIn("only", values.only),
    without: faultsIn("without", values.without) ?? [],
    forged: whole("forged", values.forged, 0, [0, 1_000_000]),
    coverage: values.coverage === true,
    json: values.json === true,
    report: values.report,
    trace: values.trace === true,
    shrink: values["no-shrink"] !== true,
  };
};
