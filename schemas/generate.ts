import { z } from "zod";
import { archiveHeader } from "#core/archive/format";
import { proof } from "#core/audit/proof";
import { sha256Hex } from "#core/digest";
import { delivery } from "#core/events/delivery";
import { FACT_VERSION, factEnvelope } from "#core/events/facts";
import { ledgerMessages } from "#core/events/ledger";
import { logBatch } from "#core/events/log-shapes";
import { worldMessage } from "#core/events/message";
import { channelState, storageLevel } from "#core/events/signal";
import { PLAYER_FACT_VERSION, playerFactEnvelope } from "#core/people/facts";
import { FACT_TYPES, LEDGER_TYPES, PLAYER_FACT_TYPES } from "#core/subjects";

/**
 * JSON Schemas for other languages, generated from core's zod schemas. Checked in; a test fails when they drift, and
 * `npm run schemas` writes them again. A refinement that JSON Schema cannot say (`item:x:normal`, at most 2,000 keys) is
 * left out of them: core is the judge.
 */
export interface Published {
  /** Path below `schemas/`, without its ending. */
  readonly path: string;
  readonly schema: z.ZodType;
}

export const published: readonly Published[] = [
  ...FACT_TYPES.map((type) => ({ path: `facts/${type}.v${FACT_VERSION}`, schema: factEnvelope[type] })),
  ...PLAYER_FACT_TYPES.map((type) => ({
    path: `players/${type}.v${PLAYER_FACT_VERSION}`,
    schema: playerFactEnvelope[type],
  })),
  ...LEDGER_TYPES.map((type) => ({ path: `ledger/${type}.v1`, schema: ledgerMessages[type] })),
  { path: "delivery.v1", schema: delivery },
  { path: "log.v1", schema: logBatch },
  { path: "message.v1", schema: worldMessage },
  { path: "signal.v1", schema: channelState },
  { path: "storage.v1", schema: storageLevel },
  { path: "proof.v1", schema: proof },
  { path: "archive-header.v1", schema: archiveHeader },
];

export const schemaText = ({ path, schema }: Published): string =>
  `${JSON.stringify({ title: path, ...z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) }, null, 2)}\n`;

/** One line of `RELEASED`: a hash and the path that it holds for ever. */
export const releasedLine = (path: string, text: string): string => `${sha256Hex(text)}  ${path}.schema.json`;

/** What is wrong with the released schemas: each must still have the hash that it was released with. */
export const releaseProblems = (released: string, textOf: (path: string) => string | undefined): string[] =>
  released
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .flatMap((line) => {
      const [hash, path] = line.split("  ");
      const text = path === undefined ? undefined : textOf(path);
      if (text === undefined) return [`${path ?? line} was released and is gone`];
      return sha256Hex(text) === hash ? [] : [`${path} was released and has changed: make a new version instead`];
    });
