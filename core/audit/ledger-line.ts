import { instanceIn, LEADER } from "#core/audit/acts";
import { explanationOf } from "#core/audit/explanation";
import type { LedgerMessage } from "#core/events/ledger";

/** Values longer than this are cut: a line stays a line. */
const VALUE_CHARACTERS_MAX = 200;

const valueText = (value: unknown): string => {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > VALUE_CHARACTERS_MAX ? `${text.slice(0, VALUE_CHARACTERS_MAX)}…` : text;
};

/** The header, what the line begins with, and what only machines need. */
const UNSAID = new Set(["v", "round", "boot", "closedAt", "prev", "sum", "user", "instance", "world", "void", "image"]);

/** One of the leader's facts as a line, its time aside: of any type, so that one that is new to us reads, too. */
export const ledgerLine = (message: LedgerMessage): string => {
  const { type, data } = message;
  const subject = "world" in data && typeof data.world === "string" ? data.world : instanceIn(data);
  const who = "user" in data && typeof data.user === "string" ? data.user : LEADER;
  const explained = explanationOf(message);
  const fields = Object.entries(data).filter(([name, value]) => !UNSAID.has(name) && value !== undefined);
  const said = explained ?? fields.map(([name, value]) => `${name} ${valueText(value)}`).join("; ");
  return `ledger  ${type}${subject === undefined ? "" : `  ${subject}`}  by ${who}: ${said === "" ? "done" : said}`;
};
