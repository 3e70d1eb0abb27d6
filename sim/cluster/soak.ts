import { FAULTS, type Fault } from "#sim/cluster/chance";
import { type HistoryEnd, runHistory } from "#sim/cluster/history";

/**
 * `npm run soak -- --seeds N [--from S] [--steps M]`, or one history: `--seed S --steps M -v`. `--only a,b` and
 * `--without a,b` name kinds of fault. `--lua`: the worlds are the real mod in real Lua; `--lockstep`: with a client each.
 */
const argOf = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};
const numberOf = (name: string, otherwise: number): number => Number(argOf(name) ?? otherwise);

const faultsOf = (name: string): ReadonlySet<Fault> | undefined => {
  const text = argOf(name);
  if (text === undefined) return undefined;
  const named = text.split(",");
  const unknown = named.filter((each) => !(FAULTS as readonly string[]).includes(each));
  if (unknown.length > 0) throw new Error(`no such fault: ${unknown.join(", ")}`);
  return new Set(FAULTS.filter((fault) => named.includes(fault)));
};

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const main = async (): Promise<void> => {
  const only = faultsOf("--only");
  const without = faultsOf("--without");
  const steps = numberOf("--steps", 300);
  const one = argOf("--seed");
  const from = Number(one ?? numberOf("--from", 1));
  const count = one === undefined ? numberOf("--seeds", 100) : 1;
  const verbose = process.argv.includes("-v");
  const game = ["lua", "lockstep"].find((kind) => process.argv.includes(`--${kind}`)) as "lua" | "lockstep" | undefined;
  const counts = new Map<string, number>();
  const kinds = new Map<string, number>();
  let failed = 0;
  let simulatedMs = 0;
  for (let seed = from; seed < from + count; seed++) {
    const end: HistoryEnd = await runHistory({
      ...{ seed, steps, ...(only === undefined ? {} : { only }), ...(without === undefined ? {} : { without }) },
      ...(verbose ? { log: say } : {}),
      ...(game === undefined ? {} : { game }),
    });
    simulatedMs += end.simulatedMs;
    for (const [what, n] of end.counts) counts.set(what, (counts.get(what) ?? 0) + n);
    if (end.problems.size === 0) continue;
    failed++;
    for (const [kind, detail] of end.problems) {
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      say(`seed ${seed}: ${kind}: ${detail}`);
    }
    say(`  again: npm run soak -- ${game === undefined ? "" : `--${game} `}--seed ${seed} --steps ${steps} -v`);
  }
  for (const [what, n] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) say(`${String(n).padStart(9)} ${what}`);
  say(`${count} histories of ${steps} steps, ${(simulatedMs / 3_600_000).toFixed(1)} simulated hours`);
  if (kinds.size > 0) say(JSON.stringify(Object.fromEntries(kinds)));
  say(`${count - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
};

void main();
