import { z } from "zod";
import { badInput } from "#core/errors";
import { decodeFile } from "#core/events/codec";
import * as shape from "#core/events/shapes";
import { parsePortRange } from "#core/port-range";

/**
 * What a slave's machine has to know, in one file (0600) to carry there: `clusterio slave create-config` makes it, or
 * `clusterio-bridge join`; `clusterio-bridge run --config` reads it.
 */
export const bridgeConfig = z.object({
  v: z.literal(1),
  kind: z.literal("clusterio-bridge"),
  slave: shape.id,
  /** The broker, tls://host:port. */
  url: z.string().min(1),
  /** PEM of the authority of its certificate. */
  ca: z.string().exactOptional(),
  /** The content of a creds file. */
  creds: z.string().min(1),
  /** As the options of `run`. */
  settings: z
    .object({
      factorio: z.string().min(1),
      "factorio-releases": z.url(),
      speed: z.number().min(0.1).max(1_000),
      "game-address": z.string().min(1),
      "game-ports": z.string().refine((text) => parsePortRange(text) !== undefined, "a range of ports, FROM-TO"),
      "stop-games": z.boolean(),
      "log-level": z.enum(["debug", "info", "warn", "error"]),
      "extra-mods": z.array(z.string().min(1)),
      "mod-dist": z.string().min(1),
      /** Of a save that somebody brings. */
      "save-bytes-max": z.number().int().min(1),
    })
    .partial(),
});
export type BridgeConfig = z.infer<typeof bridgeConfig>;

export const encodeBridgeConfig = (config: BridgeConfig): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(config, undefined, 2)}\n`);

/** @throws ClusterioError `bad-input` when the bytes are not such a file. */
export const decodeBridgeConfig = (bytes: Uint8Array, path: string): BridgeConfig =>
  decodeFile(bridgeConfig, bytes, path);

const joinToken = z.object({
  v: z.literal(1),
  id: shape.id,
  url: z.string().min(1),
  ca: z.string().exactOptional(),
  creds: z.string().min(1),
  /** Milliseconds since 1970. */
  expires: z.number(),
});
export type JoinToken = z.infer<typeof joinToken>;

const PREFIX = "clusterio-join-1.";
/** An authority's certificate and credentials are 2 KB. */
const TOKEN_CHARACTERS_MAX = 20_000;

/** One word that a person copies from one terminal to another. */
export const encodeJoinToken = (token: JoinToken): string =>
  PREFIX + Buffer.from(JSON.stringify(token)).toString("base64url");

/** @throws ClusterioError `bad-input` when the text is not such a token; never shows any of it. */
export const decodeJoinToken = (text: string): JoinToken => {
  const bad = () => badInput(`this is not a join token: copy the whole word that begins with ${PREFIX}`);
  if (!text.startsWith(PREFIX) || text.length > TOKEN_CHARACTERS_MAX) throw bad();
  try {
    return joinToken.parse(JSON.parse(Buffer.from(text.slice(PREFIX.length), "base64url").toString()));
  } catch {
    throw bad();
  }
};
