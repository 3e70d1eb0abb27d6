import { badInput } from "#core/errors";

/**
 * What storage counts: `item:<name>`, `item:<name>:<quality>` (left out when normal), `fluid:<name>:<temperature>`
 * (always written, whole degrees), `energy`. Amounts are whole: items in pieces, fluids in units, energy in MJ.
 */
declare const brand: unique symbol;
export type ResourceKey = string & { readonly [brand]: "resource" };

/** Totals and amounts stay below this, so that a sum of one total and one 32-bit amount is still exact. */
export const TOTAL_MAX = 2 ** 53 - 2 ** 32;

/** Factorio limits prototype names to 200 characters; quality names are prototype names too. */
export const NAME_CHARACTERS_MAX = 200;

const NAME = `[A-Za-z0-9_][A-Za-z0-9_ .-]{0,${NAME_CHARACTERS_MAX - 1}}`;
export const RESOURCE_PATTERN = new RegExp(
  `^(?:item:(${NAME})(?::(${NAME}))?|fluid:(${NAME}):(-?(?:0|[1-9][0-9]{0,6}))|energy)$`,
);

export type Resource =
  | { readonly kind: "item"; readonly name: string; readonly quality: string }
  | { readonly kind: "fluid"; readonly name: string; readonly temperature: number }
  | { readonly kind: "energy" };

/** @throws ClusterioError `bad-input` when the text is not the canonical key of a resource. */
export const parseResource = (text: string): Resource => {
  const match = RESOURCE_PATTERN.exec(text);
  if (match === null || match[2] === "normal" || match[4] === "-0") {
    throw badInput(
      `"${text.slice(0, 80)}" is not a resource: write item:<name>, item:<name>:<quality> (never "normal"), ` +
        "fluid:<name>:<whole degrees> or energy",
    );
  }
  const [, item, quality, fluid, temperature] = match;
  if (item !== undefined) return { kind: "item", name: item, quality: quality ?? "normal" };
  if (fluid !== undefined) return { kind: "fluid", name: fluid, temperature: Number(temperature) };
  return { kind: "energy" };
};

/** Keys proved so far: the hot path proves each spelling once. Bounded, so that a liar cannot fill the memory. */
const proved = new Set<string>();
const PROVED_MAX = 100_000;

export const isResourceKey = (text: string): text is ResourceKey => {
  if (proved.has(text)) return true;
  const match = RESOURCE_PATTERN.exec(text);
  if (match === null || match[2] === "normal" || match[4] === "-0") return false;
  if (proved.size < PROVED_MAX) proved.add(text);
  return true;
};

/** @throws ClusterioError `bad-input` when the text is not a resource key. */
export const resourceKey = (text: string): ResourceKey => {
  if (!isResourceKey(text)) parseResource(text);
  return text as ResourceKey;
};

/** A pattern of resource keys: `*` stands for any characters, also none and colons. */
export const RESOURCE_RULE_PATTERN = /^(?=.{1,420}$)(?:\*|item:|fluid:|energy$)[A-Za-z0-9_ .:*-]*$/;

/** True for a whole number that a total or amount may have. */
export const isTotal = (value: unknown): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= TOTAL_MAX;
