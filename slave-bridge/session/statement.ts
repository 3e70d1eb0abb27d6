import type { Totals } from "#bridge/link/state";

/** Resources in one statement: with their two totals well below what an answer may have. */
const STATED_MAX = 4_000;

/** The totals of the resources after one, in their order, as many as one answer takes; `next` names the last when there are more. */
export const pageOf = (exported: Totals, received: Totals, after: string) => {
  const keys = [...new Set([...Object.keys(exported), ...Object.keys(received)])].filter((key) => key > after).sort();
  const shown = keys.slice(0, STATED_MAX);
  const pick = (totals: Totals) =>
    Object.fromEntries(shown.flatMap((key) => (totals[key] ? [[key, totals[key]]] : [])));
  const next = keys.length > shown.length ? { next: shown.at(-1)! } : {};
  return { exported: pick(exported), received: pick(received), ...next };
};
