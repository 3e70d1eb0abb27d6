import type { CapRule, Policies } from "#core/events/command";

/**
 * Which cap holds for a resource. Pure.
 *
 * SC1 Of several rules the most specific one counts: the key itself, else the pattern with the most characters besides `*`,
 *     of those the first in the alphabet.
 * SC2 Exports stop at the cap and go on at `resume`: between the two they do what they did, so a level that swings around the
 *     cap does not switch every chest with it.
 */

/** Left out, exports go on at nine tenths of the cap. */
const RESUME_PART = 0.9;

export interface Cap {
  readonly pattern: string;
  readonly cap: number;
  readonly resume: number;
}

const expressionOf = (pattern: string): RegExp => {
  const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
};

/** Whether a resource fits a pattern. */
export const matching = (pattern: string): ((resource: string) => boolean) => {
  const expression = expressionOf(pattern);
  return (resource) => expression.test(resource);
};

const weightOf = (pattern: string): number => pattern.replaceAll("*", "").length;

/** True for a rule that names one resource. */
export const isExact = (pattern: string): boolean => !pattern.includes("*");

const capOf = (pattern: string, { cap, resume }: CapRule): Cap | undefined =>
  cap === undefined ? undefined : { pattern, cap, resume: resume ?? Math.floor(cap * RESUME_PART) };

/** The caps of one set of policies, made ready for many questions. */
export class CapRules {
  readonly #exact = new Map<string, CapRule>();
  readonly #patterns: { readonly pattern: string; readonly expression: RegExp; readonly rule: CapRule }[] = [];

  constructor(readonly policies: Policies) {
    const rules = Object.entries(policies.caps ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [pattern, rule] of rules) {
      if (isExact(pattern)) this.#exact.set(pattern, rule);
      else this.#patterns.push({ pattern, rule, expression: expressionOf(pattern) });
    }
    // SC1; the order of equals stays.
    this.#patterns.sort((a, b) => weightOf(b.pattern) - weightOf(a.pattern));
  }

  /** Resources that a rule names one by one: they may be capped before anybody has any of them. */
  get named(): Iterable<string> {
    return this.#exact.keys();
  }

  /** SC1; undefined when there is no cap. */
  capFor(resource: string): Cap | undefined {
    const exact = this.#exact.get(resource);
    if (exact !== undefined) return capOf(resource, exact);
    const found = this.#patterns.find(({ expression }) => expression.test(resource));
    return found === undefined ? undefined : capOf(found.pattern, found.rule);
  }
}

/** SC2 */
export const isCapped = ({ cap, resume }: Cap, level: number, before: boolean): boolean =>
  level >= cap || (before && level > resume);
