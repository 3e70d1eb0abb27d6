import type { Adjusting, Carried, ToldCommand } from "#core/repair/adjustments";
import type { WorldChange } from "#core/repair/plan";
import { grouped, signed, timeText } from "#ctl/audit/output";
import type { Doubtful } from "#ctl/repair/old";
import type { Prepared } from "#ctl/repair/repair";
import type { Told } from "#ctl/repair/told";

/** What a repair would do, for a person. */
const levelText = ({ storage, shortfall }: { readonly storage: number; readonly shortfall: number }): string =>
  shortfall > 0 ? `short of ${grouped(shortfall)}` : grouped(storage);

const worldLine = ({ world, slave, exported, received, known }: WorldChange): string =>
  `  ${world.padEnd(28)}${slave.padEnd(16)}exported ${grouped(exported)}, received ${grouped(received)}${known ? "" : "  (new to the ledger)"}`;

/** What an operator did, as a person says it. */
const doneText = ({ type, data }: Adjusting): string => {
  if (type === "resource-renamed") return `renamed ${data.from} to ${data.to}`;
  return `${data.world === undefined ? "adjusted by" : `wrote off of ${data.world}`} ${signed(data.amount)}`;
};

const toldText = ({ at, seq, body }: ToldCommand): string =>
  `${body.data.user} ${doneText(body)} at ${timeText(at)}: ${body.data.reason} (AUDIT ${seq})`;

const carriedLine = (goodSeq: number, { resource, amount, told }: Carried): string => {
  const why = told === undefined ? `all adjustments in LEDGER up to message ${grouped(goodSeq)}` : toldText(told);
  return `  ${resource.padEnd(36)}${signed(amount).padStart(14)}  ${why}`;
};

const doubtfulLine = ({ seq, body }: Doubtful): string => {
  const { type, data } = body;
  const what = type === "adjusted" ? `${data.resource}: ` : "";
  return `  message ${grouped(seq)}: ${what}${data.user} ${doneText(body)}: ${data.reason}`;
};

const gapLine = ({ from, until }: NonNullable<Told["gap"]>): string =>
  `What operators adjusted ${from === undefined ? "" : `after ${timeText(from)} and `}before ${timeText(until)} is lost: neither LEDGER nor AUDIT tells it.`;

/** Adjustments stand in no save: what is carried over, and what cannot be. */
const adjustmentLines = ({ old, plan, told }: Pick<Prepared, "old" | "plan" | "told">): string[] => [
  ...(plan.adjustments.length === 0 ? [] : ["", "what operators adjusted is in no save, and is carried over:"]),
  ...plan.adjustments.map((carried) => carriedLine(old.goodSeq, carried)),
  ...(told.doubtful.length === 0
    ? []
    : [
        "",
        "these stand in LEDGER behind what is wrong, and AUDIT does not know them. They are lost; clusterio storage adjust does it again if they are true:",
      ]),
  ...told.doubtful.map(doubtfulLine),
  ...(told.gap === undefined ? [] : ["", gapLine(told.gap)]),
];

export const planLines = ({ old, plan, said: { mute }, told }: Omit<Prepared, "leads">): string[] => [
  old.problem === undefined
    ? `LEDGER holds (messages to ${grouped(old.lastSeq)}): nothing has to be repaired`
    : `LEDGER is good up to message ${grouped(old.goodSeq)} of ${grouped(old.lastSeq)}: ${old.problem}`,
  "",
  `${"RESOURCE".padEnd(36)}${"in LEDGER".padStart(16)}${"by the worlds".padStart(18)}`,
  ...plan.resources.map(
    ({ resource, before, after }) =>
      `${resource.padEnd(36)}${levelText(before).padStart(16)}${levelText(after).padStart(18)}`,
  ),
  ...adjustmentLines({ old, plan, told }),
  "",
  `these worlds speak:${plan.worlds.length === 0 ? " none" : ""}`,
  ...plan.worlds.map(worldLine),
  ...(plan.silent.length === 0
    ? []
    : [
        "",
        "the ledger knows these, and nobody speaks for them. What they gave and took does not count until they run again; then",
        "storage rises by what they exported and falls by what they received. Better start them first:",
        ...plan.silent.map(worldLine),
      ]),
  ...(mute.length === 0 ? [] : ["", "these bridges could not say what their world holds:"]),
  ...mute.map(({ slave, instance, reason }) => `  ${slave}/${instance}: ${reason}`),
];
