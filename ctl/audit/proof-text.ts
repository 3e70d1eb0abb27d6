import type { Proof, ProofSource } from "#core/audit/proof";
import { grouped, timeText } from "#ctl/audit/output";

const plural = (n: number, one: string, many = `${one}s`): string => `${grouped(n)} ${n === 1 ? one : many}`;

const row = (name: string, text: string): string => `  ${name.padEnd(14)}${text}`;

const chainText = ({ tally, voids, gaps }: Proof): string => {
  const named =
    voids.count === 0 ? "" : ` (${voids.seqs.map(String).join(", ")}${voids.count > voids.seqs.length ? ", …" : ""})`;
  const holes = gaps.map(({ from, to }) => `${from}–${to}`).join(", ");
  return [
    `${plural(tally.valid, "message")} linked by ${plural(tally.terms, "term")} of leadership`,
    `${plural(voids.count, "void message")}${named}`,
    ...(holes === "" ? [] : [`sequences without a message that counted: ${holes}`]),
  ].join(", ");
};

const grantsText = ({ tally }: Proof): string => {
  const { sessionBegan, roundCutShort } = tally.notRecomputable;
  return [
    `${plural(tally.grants, "grant")} recomputed in ${plural(tally.rounds, "round")}`,
    ...(tally.splitRounds === 0 ? [] : [`${plural(tally.splitRounds, "round")} put together from parts`]),
    ...(sessionBegan === 0 ? [] : [`not recomputable: ${grouped(sessionBegan)} (a session began in the round)`]),
    ...(roundCutShort === 0
      ? []
      : [`not recomputable: ${plural(roundCutShort, "round")} whose leader ended within it`]),
  ].join(", ");
};

const withheldText = ({ tally: { withheld } }: Proof): string[] => {
  if (withheld.rounds === 0) return [];
  const late =
    withheld.afterGranting === 0
      ? "all before their leader first granted"
      : `${grouped(withheld.afterGranting)} after it had granted, the first in round ${withheld.firstAfterGranting}: right only while LEDGER was over 95 % full`;
  return [row("withheld", `${plural(withheld.rounds, "round")} left demand beside storage, ${late}`)];
};

const liveText = ({ live }: Proof): string =>
  live.compared
    ? `the leader says the same at round ${grouped(live.round)}: ${plural(live.worlds, "world")}, ${plural(live.resources, "resource")}`
    : `not compared: ${live.reason}`;

const worldsText = ({ worlds }: Proof): string => {
  if (!worlds.compared) return `not compared: ${worlds.reason}`;
  const { unknown } = worlds;
  return [
    `${plural(worlds.worlds, "linked world")} last stated the same in EVENTS: ${plural(worlds.totals, "total")}`,
    ...(unknown.length === 0 ? [] : [`not all of what these stated is there any more: ${unknown.join(", ")}`]),
  ].join("; ");
};

const VERDICTS = { holds: "holds", violated: "is VIOLATED", incomplete: "holds as far as it is there" } as const;

const sourceText = (source: ProofSource): string =>
  source.kind === "archive"
    ? `${source.file}, messages ${grouped(source.from)} to ${grouped(source.to)}`
    : `LEDGER, messages ${grouped(source.firstSeq)} to ${grouped(source.lastSeq)}`;

/** A proof for a person. */
export const proofLines = (proof: Proof): string[] => {
  const { verdict, from, to, rounds, time, tally, base, stateHash } = proof;
  const start =
    base.kind === "beginning" ? "from its beginning" : `from the checkpoint at message ${grouped(base.seq)}`;
  return [
    `LEDGER ${VERDICTS[verdict]}: messages ${grouped(from)} to ${grouped(to)}, ${start}`,
    ...(proof.sources.some(({ kind }) => kind === "archive")
      ? proof.sources.map((source) => row("read", sourceText(source)))
      : []),
    row("rounds", `${grouped(rounds.from)} to ${grouped(rounds.to)}, until ${timeText(time.to)}`),
    row("chain", chainText(proof)),
    row("conservation", `${plural(tally.conservationChecks, "sum")} over all accounts of a resource`),
    row(
      "credits",
      `${plural(tally.creditedResources, "posting")} recomputed, ${grouped(tally.otherResources)} with more than credits`,
    ),
    row("grants", grantsText(proof)),
    ...withheldText(proof),
    row("acts", `${grouped(tally.acts)} of operators and leaders`),
    row("checkpoints", `${plural(tally.checkpoints, "checkpoint")} compared with the refolded state`),
    row("leader", liveText(proof)),
    row("worlds", worldsText(proof)),
    row("tip", proof.tip),
    row("state", stateHash),
  ];
};
