import { badInput } from "#core/errors";

/**
 * Identifiers, proved at birth: a value of one of these types is a well-formed NATS token (or, for worlds, a
 * well-formed id), so a subject built from it cannot be malformed.
 */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type InstanceId = Branded<"instance">;
export type SlaveId = Branded<"slave">;
export type UserId = Branded<"user">;
export type WorldId = Branded<"world">;

export const ID_CHARACTERS_MAX = 32;
export const ID_PATTERN = /^[a-z0-9][a-z0-9-]{0,31}$/;
/** `<instance>.<generation>` and, for a save that came from another instance, `.<hash of the parent world>`. */
export const WORLD_PATTERN = /^([a-z0-9][a-z0-9-]{0,31})\.([1-9][0-9]{0,8})(?:\.([0-9a-f]{8}))?$/;

export const isId = (text: string): boolean => ID_PATTERN.test(text);

/** "master" is nobody's name, and "join-…" are those of join tokens: no slave, user or role is called so. */
export const isReservedId = (text: string): boolean => text === "master" || text.startsWith("join-");

const prove = (what: string, text: string): string => {
  if (!ID_PATTERN.test(text)) {
    throw badInput(
      `"${text.slice(0, 80)}" is not a ${what} id: use 1 to 32 of a-z, 0-9 and "-", not starting with "-"`,
    );
  }
  return text;
};

/** @throws ClusterioError `bad-input` when the text is not an id. */
export const instanceId = (text: string): InstanceId => prove("instance", text) as InstanceId;
/** @throws ClusterioError `bad-input` when the text is not an id. */
export const slaveId = (text: string): SlaveId => {
  if (text === "master") throw badInput('"master" names the projector in subjects: give the slave another id');
  return prove("slave", text) as SlaveId;
};
/** @throws ClusterioError `bad-input` when the text is not an id. */
export const userId = (text: string): UserId => prove("user", text) as UserId;

export interface WorldName {
  readonly instance: InstanceId;
  readonly generation: number;
  /** First 8 hex digits of SHA-256 of the parent world's id; absent for a world that began on this instance. */
  readonly parentHash?: string;
}

/** The world's id, derived from its line of descent and never drawn, so that the same save is the same world. */
export const worldId = (name: WorldName): WorldId => {
  const id = `${name.instance}.${name.generation}${name.parentHash === undefined ? "" : `.${name.parentHash}`}`;
  return parseWorldId(id).id;
};

/** @throws ClusterioError `bad-input` when the text is not a world id. */
export const parseWorldId = (text: string): WorldName & { readonly id: WorldId } => {
  const match = WORLD_PATTERN.exec(text);
  if (match === null) throw badInput(`"${text.slice(0, 80)}" is not a world id like "north.1" or "north.1.0a1b2c3d"`);
  const [, instance, generation, parentHash] = match;
  const base = { id: text as WorldId, instance: instance as InstanceId, generation: Number(generation) };
  return parentHash === undefined ? base : { ...base, parentHash };
};

export const isWorldId = (text: string): text is WorldId => WORLD_PATTERN.test(text);

/**
 * The id for a display name: lower case, other characters to "-", runs folded, empty becomes `fallback`, a taken one
 * gets "-2", "-3", …; at most 32 characters.
 */
export const idFromName = (name: string, taken: (id: string) => boolean, fallback = "instance"): string => {
  const folded = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, ID_CHARACTERS_MAX)
    .replace(/-+$/, "");
  const stem = folded === "" ? fallback : folded;
  if (!taken(stem)) return stem;
  for (let n = 2; ; n++) {
    const suffix = `-${n}`;
    const id = `${stem.slice(0, ID_CHARACTERS_MAX - suffix.length).replace(/-+$/, "")}${suffix}`;
    if (!taken(id)) return id;
  }
};
