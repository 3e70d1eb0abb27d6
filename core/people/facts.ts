import { z } from "zod";
import type { Boot } from "#core/boot";
import { encodeJson } from "#core/events/codec";
import * as shape from "#core/events/shapes";
import type { InstanceId, SlaveId } from "#core/ids";
import { PLAYER_FACT_TYPES, type PlayerFactType } from "#core/subjects";

/**
 * Facts about players: who came and went, as a bridge read it in its game's log. A storage format like the facts about worlds,
 * in a stream of their own (PLAYERS, ADR 0081): no fold of items ever meets them.
 */

/** Accounts have up to 60 characters; a server without accounts takes any name. */
export const PLAYER_CHARACTERS_MAX = 100;
export const player = z
  .string()
  .min(1)
  .max(PLAYER_CHARACTERS_MAX)
  .regex(/^[^\p{Cc}]*$/u, "no control characters");

/** `<boot>-<n>`: one stay of one player in one game. */
const session = z.string().regex(/^[0-9a-z-]{1,64}$/);

export const playerJoined = z.object({ player, session, /** Milliseconds since 1970. */ at: shape.count });

export const playerLeft = z.object({
  player,
  session,
  since: shape.count,
  at: shape.count,
  /** The log said so; the game ended; or nobody saw when, and `at` is when he was seen last. */
  how: z.enum(["left", "stopped", "unseen"]),
});

export const playerFactData = {
  "player-joined": playerJoined,
  "player-left": playerLeft,
} as const satisfies Record<PlayerFactType, z.ZodType>;

export const PLAYER_FACT_VERSION = 1;

const envelopeOf = <T extends PlayerFactType>(type: T, data: (typeof playerFactData)[T]) =>
  z.object({
    specversion: z.literal("1.0"),
    id: z.string().regex(/^[0-9a-z-]{1,64}$/),
    type: z.literal(type),
    v: z.literal(PLAYER_FACT_VERSION),
    time: shape.time,
    source: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}\/[a-z0-9][a-z0-9-]{0,31}$/),
    data,
  });

export const playerFactEnvelope = {
  "player-joined": envelopeOf("player-joined", playerJoined),
  "player-left": envelopeOf("player-left", playerLeft),
} as const;

export type PlayerJoined = z.infer<typeof playerJoined>;
export type PlayerLeft = z.infer<typeof playerLeft>;
export type PlayerFact =
  | { readonly type: "player-joined"; readonly data: PlayerJoined }
  | { readonly type: "player-left"; readonly data: PlayerLeft };

const types: readonly string[] = PLAYER_FACT_TYPES;

/** Bytes of one: names and times. */
export const PLAYER_FACT_BYTES_MAX = 4_096;

const decoder = new TextDecoder("utf-8", { fatal: true });

/** What a message of PLAYERS says, undefined when it says nothing that this version knows. Never throws. */
export const decodePlayerFact = (
  { type, slave, instance }: { readonly type: string; readonly slave: SlaveId; readonly instance: InstanceId },
  bytes: Uint8Array,
): PlayerFact | undefined => {
  if (!types.includes(type) || bytes.length > PLAYER_FACT_BYTES_MAX) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(bytes));
  } catch {
    return undefined;
  }
  const result = playerFactEnvelope[type as PlayerFactType].safeParse(value);
  if (!result.success || result.data.source !== `${slave}/${instance}`) return undefined;
  return { type: result.data.type, data: result.data.data } as PlayerFact;
};

export const encodePlayerFact = (
  from: { readonly slave: SlaveId; readonly instance: InstanceId; readonly boot: Boot; readonly number: number },
  now: number,
  fact: PlayerFact,
): Uint8Array =>
  encodeJson({
    specversion: "1.0",
    id: `${from.boot}-p${from.number}`,
    type: fact.type,
    v: PLAYER_FACT_VERSION,
    time: new Date(now).toISOString(),
    source: `${from.slave}/${from.instance}`,
    data: fact.data,
  });
