import type { RepairPlan, WorldChange } from "#core/repair/plan";
import { grouped } from "#ctl/audit/output";
import type { Said } from "#ctl/repair/ask";
import type { OldLedger } from "#ctl/repair/old";

/** What a repair would do, for a person. */
const levelText = ({ storage, shortfall }: { readonly storage: number; readonly shortfall: number }): string =>
  shortfall > 0 ? `short of ${grouped(shortfall)}` : grouped(storage);

const worldLine = ({ world, slave, exported, received, known }: WorldChange): string =>
  `  ${world.padEnd(28)}${slave.padEnd(16)}exported ${grouped(exported)}, received ${grouped(received)}${known ? "" : "  (new to the ledger)"}`;

export const planLines = (old: OldLedger, plan: RepairPlan, { mute }: Said): string[] => [
  old.problem === undefined
    ? `LEDGER holds (messages to ${grouped(old.lastSeq)}): nothing has to be repaired`
    : `LEDGER is good up to message ${grouped(old.goodSeq)} of ${grouped(old.lastSeq)}: ${old.problem}`,
  "",
  `${"RESOURCE".padEnd(36)}${"in LEDGER".padStart(16)}${"by the worlds".padStart(18)}`,
  ...plan.resources.map(
    ({ resource, before, after }) =>
      `${resource.padEnd(36)}${levelText(before).padStart(16)}${levelText(after).padStart(18)}`,
  ),
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
