import { NAME_CHARACTERS_MAX, parseResource, type ResourceKey } from "#core/resource";

/**
 * A circuit signal by its key: `<type>:<name>`, `<type>:<name>:<quality>` (left out when normal). An item's key is the same
 * as its resource's. Values are signed 32-bit numbers and sums wrap, as in the game.
 */
declare const brand: unique symbol;
export type SignalKey = string & { readonly [brand]: "signal" };

/** Values of one channel, or levels, by signal; none is zero. */
export type Signals = Readonly<Record<string, number>>;

/** The game's own types of signals. */
const SIGNAL_TYPES = [
  "item",
  "fluid",
  "virtual",
  "entity",
  "recipe",
  "space-location",
  "asteroid-chunk",
  "quality",
] as const;

/** One world's signals on one channel: more than a circuit network is ever shown with, and 120 KB at worst. */
export const CHANNEL_SIGNALS_MAX = 2_000;
/** A channel's name in bytes: what fits into the entity's window, and, encoded, into a subject. */
export const CHANNEL_BYTES_MAX = 40;

const NAME = `[A-Za-z0-9_][A-Za-z0-9_ .-]{0,${NAME_CHARACTERS_MAX - 1}}`;
export const SIGNAL_PATTERN = new RegExp(`^(?:${SIGNAL_TYPES.join("|")}):${NAME}(?::(?!normal$)${NAME})?$`);

export const isSignalKey = (text: string): text is SignalKey => SIGNAL_PATTERN.test(text);

const INT32 = 2 ** 32;
export const INT32_MAX = 2 ** 31 - 1;

/** A sum as the game's circuits have it: 32 bits, signed, no more. */
export const wrap32 = (n: number): number => {
  const low = ((n % INT32) + INT32) % INT32;
  return low > INT32_MAX ? low - INT32 : low;
};

export const isInt32 = (n: number): boolean => Number.isInteger(n) && n >= -INT32_MAX - 1 && n <= INT32_MAX;

/** The signal of energy in storage: nothing in the game stands for it, so the mod brings it. */
const ENERGY_SIGNAL = "virtual:signal-cluster-energy" as SignalKey;

/** The signal that shows a resource's level: a fluid's temperatures share one. */
export const signalOf = (resource: ResourceKey): SignalKey => {
  const parsed = parseResource(resource);
  if (parsed.kind === "item") return resource as string as SignalKey;
  return parsed.kind === "fluid" ? (`fluid:${parsed.name}` as SignalKey) : ENERGY_SIGNAL;
};
