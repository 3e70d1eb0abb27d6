import { z } from "zod";
import type { Printed } from "#core/terminal/printed";

const setting = z.strictObject({ key: z.string(), value: z.unknown() });

/** Of every command of `clusterio-bridge` that has -o json. */
export const PRINTED = {
  join: z.strictObject({ slave: z.string(), file: z.string(), url: z.string() }),
  "config list": setting,
  "config show": setting,
  "config set": setting,
  "factorio install": z.strictObject({ version: z.string(), there: z.boolean().describe("it was already") }),
  "factorio list": z.strictObject({
    version: z.string(),
    channels: z.array(z.enum(["stable", "experimental"])),
    usedBy: z.array(z.string()).describe("instances"),
  }),
  "factorio remove": z.strictObject({ removed: z.string() }),
} satisfies Printed;

/** What a command may hand on to be printed. */
export type Prints<Words extends keyof typeof PRINTED> = z.input<(typeof PRINTED)[Words]>;
