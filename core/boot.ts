import { type Random, randomText } from "#core/ports/random";

/**
 * The id of one start of a daemon, ordered by time as text: nine base-36 digits of milliseconds, "-", four random
 * characters. A later start of the same daemon is always greater, also when its clock went back: `nextBoot` counts on
 * from the last one that it knows of.
 */
declare const brand: unique symbol;
export type Boot = string & { readonly [brand]: "boot" };

export const BOOT_PATTERN = /^[0-9a-z]{9}-[0-9a-z]{4}$/;
export const isBoot = (text: string): text is Boot => BOOT_PATTERN.test(text);

const millisOf = (boot: string): number => Number.parseInt(boot.slice(0, 9), 36);

/** A boot id greater than `after` ("" when there is none), of time `now` (milliseconds) if that is later. */
export const nextBoot = (now: number, after: Boot | "", random: Random): Boot => {
  const millis = after === "" ? now : Math.max(now, millisOf(after) + 1);
  return `${millis.toString(36).padStart(9, "0")}-${randomText(random, 4)}` as Boot;
};

/** Milliseconds from one start to another, as their ids tell. */
export const msBetween = (earlier: Boot, later: Boot): number => millisOf(later) - millisOf(earlier);
