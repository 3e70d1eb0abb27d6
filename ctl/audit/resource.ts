import { Refold } from "#core/audit/refold";
import { balanceOf, type Entry, Statement, type StatementOf } from "#core/audit/statement";
import { batches, goodBaseBefore } from "#ctl/audit/ledger";
import { grouped, type Output, Progress, signed, timeText } from "#ctl/audit/output";
import { isBefore, type Point, seqNotAfter } from "#ctl/audit/point";
import type { LedgerReader } from "#ctl/history/reader";
import type { Prints } from "#ctl/printed/all";

export interface StatementOptions extends StatementOf {
  readonly since?: Point | undefined;
  readonly json: boolean;
}

const WIDTHS = { time: 26, seq: 9, kind: 12, world: 14, amount: 9, balance: 10 };

const columns = (cells: Readonly<Record<keyof typeof WIDTHS, string>>, cause: string): string =>
  [
    cells.time.padEnd(WIDTHS.time),
    cells.seq.padStart(WIDTHS.seq),
    `  ${cells.kind.padEnd(WIDTHS.kind)}`,
    cells.world.padEnd(WIDTHS.world),
    cells.amount.padStart(WIDTHS.amount),
    cells.balance.padStart(WIDTHS.balance),
    `  ${cause}`,
  ]
    .join("")
    .trimEnd();

const heading = columns(
  { time: "time", seq: "message", kind: "entry", world: "world", amount: "amount", balance: "balance" },
  "cause",
);

const line = ({ at, seq, kind, world = "", amount, balance, cause }: Entry): string =>
  columns(
    { time: timeText(at), seq: grouped(seq), kind, world, amount: signed(amount), balance: grouped(balance) },
    cause,
  );

/** Prints one resource's statement, entry by entry, and its sums at the end. */
export const printStatement = async (
  ledger: LedgerReader,
  options: StatementOptions,
  output: Output,
): Promise<void> => {
  const { since, json } = options;
  const { lastSeq } = await ledger.range();
  const before = since === undefined ? undefined : await seqNotAfter(ledger, since);
  const refold = new Refold(await goodBaseBefore(ledger, before));
  const progress = new Progress("reading", lastSeq - refold.seq);
  const first = refold.seq + 1;
  let statement: Statement | undefined;
  const begin = (): Statement => {
    const opened = new Statement(options, balanceOf(refold.state, options));
    if (!json) for (const text of openingLines(options, refold.seq, opened.opening)) output.line(text);
    return opened;
  };
  for await (const batch of batches(ledger, { from: first, to: lastSeq }, output.signal)) {
    for (const stored of batch) {
      if (statement === undefined && !(since !== undefined && isBefore(since, stored, refold.state))) {
        progress.end();
        statement = begin();
      }
      const step = refold.take(stored);
      if (step === undefined || statement === undefined) continue;
      for (const entry of statement.take(refold.state, stored.seq, step)) {
        if (json) output.json(entry satisfies Prints<"audit resource">);
        else output.line(line(entry));
      }
    }
    if (statement === undefined) progress.update(batch.at(-1)!.seq - first);
  }
  progress.end();
  close(statement ?? begin(), { options, refold, output });
};

const openingLines = ({ resource, instance }: StatementOptions, seq: number, opening: number): string[] => [
  instance === undefined
    ? `${resource}: what the cluster has, its debts and shortfall taken off`
    : `${resource}, instance ${instance}: what its worlds gave to the cluster less what they were granted`,
  heading,
  columns(
    { time: "", seq: grouped(seq), kind: "opening", world: "", amount: "", balance: grouped(opening) },
    seq === 0 ? "the ledger's beginning" : "before this statement",
  ),
];

const close = (
  statement: Statement,
  { options, refold, output }: { options: StatementOptions; refold: Refold; output: Output },
): void => {
  const { opening, balance, sums, entries } = statement;
  const { state, seq } = refold;
  const storage = state.stocks.get(options.resource)?.storage ?? 0;
  const ordered = Object.fromEntries([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
  // The sums of the accounts, not the running balance: they have to agree.
  const closing = balanceOf(state, options);
  if (options.json) {
    const { resource, instance = null } = options;
    output.json({
      resource,
      instance,
      seq,
      round: state.round,
      entries,
      opening,
      sums: ordered,
      closing,
      storage,
    } satisfies Prints<"audit resource">);
    return;
  }
  const text = Object.entries(ordered).map(([kind, amount]) => `${kind} ${signed(amount)}`);
  output.line(
    columns(
      {
        time: timeText(state.closedAt),
        seq: grouped(seq),
        kind: "closing",
        world: "",
        amount: "",
        balance: grouped(closing),
      },
      `${grouped(storage)} in storage`,
    ),
  );
  output.line(`${grouped(entries)} entries: ${text.join(", ") || "none"}; opening ${grouped(opening)}`);
  if (!state.stocks.has(options.resource)) {
    output.line(`this ledger knows nothing of ${options.resource}: \`clusterio replay\` lists what it knows by name`);
  }
  if (closing !== balance) output.line(`the entries add up to ${grouped(balance)}: report this, it is a defect`);
};
