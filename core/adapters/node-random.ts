import { randomBytes } from "node:crypto";
import type { Random } from "#core/ports/random";

export const nodeRandom: Random = { bytes: (count) => new Uint8Array(randomBytes(count)) };
