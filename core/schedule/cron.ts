import { Cron } from "croner";
import { messageOf } from "#core/errors";

/** When a cron expression is due, from given moments alone: nothing here looks at a clock or sets a timer. */

const FIELDS = 5;
/** A shorthand, or five fields: with a field of seconds something would be due sixty times a minute. */
const SHORTHAND = /^@(?:yearly|annually|monthly|weekly|daily|hourly)$/;

export const DEFAULT_ZONE = "UTC";

const parse = (expression: string, zone: string): Cron => new Cron(expression, { timezone: zone });

/** Why it cannot be used, or undefined. */
export const cronProblem = (expression: string, zone: string = DEFAULT_ZONE): string | undefined => {
  const text = expression.trim();
  if (!SHORTHAND.test(text) && text.split(/\s+/).length !== FIELDS)
    return `"${expression.slice(0, 80)}" is no cron expression: give minute, hour, day of month, month and day of week, like "15 3 * * *", or @daily`;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
  } catch {
    return `"${zone.slice(0, 80)}" is no time zone: give one like Europe/Berlin, or leave it out for UTC`;
  }
  try {
    // A day that never comes (30 February) is a mistake, too.
    return nextRun(text, zone, 0) === undefined ? `"${text}" is never due` : undefined;
  } catch (error) {
    return `"${expression.slice(0, 80)}" is no cron expression: ${messageOf(error).replace(/^CronPattern: /, "")}`;
  }
};

interface Next {
  readonly after: number;
  readonly at: number | undefined;
}
/** The last answer for each expression and zone: what comes first after one moment comes first after all until then. */
const answers = new Map<string, Next>();
const ANSWERS_MAX = 1_000;

/** The first moment after `after` (ms) at which it is due; undefined when there is none. */
export const nextRun = (expression: string, zone: string, after: number): number | undefined => {
  const text = expression.trim();
  const key = `${zone} ${text}`;
  const known = answers.get(key);
  if (known !== undefined && known.after <= after && (known.at === undefined || after < known.at)) return known.at;
  const at = parse(text, zone).nextRun(new Date(after))?.getTime();
  if (answers.size >= ANSWERS_MAX) answers.clear();
  answers.set(key, { after, at });
  return at;
};

/** All moments after `after` until `until`, at most so many: the earliest ones. */
export const runsBetween = (
  expression: string,
  zone: string,
  { after, until, max }: { readonly after: number; readonly until: number; readonly max: number },
): number[] => {
  const runs: number[] = [];
  for (let at = after; runs.length < max; ) {
    const next = nextRun(expression, zone, at);
    if (next === undefined || next > until) break;
    runs.push(next);
    at = next;
  }
  return runs;
};
