import { z } from "zod";
import { createAnswer, describeAnswer, finishAnswer, openAnswer, saveView } from "#core/events/saves";
import type { Printed } from "#core/terminal/printed";
import { backupManifest } from "#ctl/backup/manifest";

const instance = z.string();
const placed = { instance, ...finishAnswer.shape };
const means = { instance, ...describeAnswer.shape };

const ledger = backupManifest.shape.ledger;
const parts = z.array(
  z.strictObject({ part: z.enum(["ledger", "rights", "lists", "players"]), says: z.string(), restores: z.boolean() }),
);

/** Saves and backups. */
export const FILES = {
  "save list": saveView,
  "save create": z.strictObject({ instance, ...createAnswer.shape }),
  "save upload": z.strictObject({ ...placed, sha256: z.string() }),
  "save download": z.strictObject({ instance, ...openAnswer.shape, path: z.string() }),
  "save copy": finishAnswer,
  "save rename": finishAnswer,
  "save delete": finishAnswer,
  "save transfer": z.strictObject({ ...placed, sha256: z.string() }),
  "save restore": z.strictObject({
    ...means,
    restored: z.boolean(),
    started: z.boolean(),
  }),
  "backup create": z.strictObject({
    folder: z.string(),
    manifest: backupManifest,
    removed: z.array(z.string()).describe("older backups"),
  }),
  "backup list": z.strictObject({ ...backupManifest.shape, folder: z.string() }),
  "backup verify": z.strictObject({
    folder: z.string(),
    holds: z.boolean(),
    files: z.number(),
    bytes: z.number(),
    lacks: z.array(z.enum(["ledger", "rights", "lists", "players"])),
  }),
  "backup restore": z.union([
    z.strictObject(means),
    z.strictObject({ ledger, parts, dryRun: z.boolean().optional() }),
    z.strictObject({ restored: z.number(), failed: z.array(z.string()), verified: z.boolean() }),
  ]),
} satisfies Printed;
