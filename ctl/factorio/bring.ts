import { basename } from "node:path";
import { z } from "zod";
import { badInput, refused, unavailable } from "#core/errors";
import { ARCHIVE_BYTES_MAX, type FactorioJob, factorioJob, factorioView } from "#core/events/command";
import { beginAnswer } from "#core/events/saves";
import type { SlaveId } from "#core/ids";
import { sizeText } from "#core/terminal/size";
import type { Target } from "#core/transfer/relay";
import type { Output } from "#ctl/audit/output";
import type { ClusterClient } from "#ctl/client/client";
import { carried, orInterrupted } from "#ctl/save/base";
import { localSource, openLocal } from "#ctl/save/local-file";

/** An archive of the game from this machine to a slave's, by the way of saves (ADR 0076). */

export const listing = z.object({ installs: z.array(factorioView) });

export const shaped = <T>(shape: z.ZodType<T>, value: unknown): T => {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  throw unavailable("the slave's answer has another shape: is it another version?");
};

/** The sum of three gigabytes takes a minute on a slow disk. */
const FINISH_MS_MAX = 120_000;
const PIECE_MS_MAX = 30_000;
const NAME_CHARACTERS_MAX = 200;

export interface Must {
  readonly version: string | undefined;
  readonly sum: string | undefined;
}

/** Answers once it is all there and is being installed, or was installed already. */
export const bringArchive = async (
  { client, slave, output }: { client: ClusterClient; slave: SlaveId; output: Output },
  path: string,
  { version, sum }: Must,
): Promise<FactorioJob> => {
  const file = await openLocal(path, output.signal);
  if (sum !== undefined && sum !== file.sha256)
    throw refused(`${path} has the SHA-256 ${file.sha256}, not the one that was given: nothing was sent`);
  if (file.bytes === 0 || file.bytes > ARCHIVE_BYTES_MAX)
    throw badInput(
      `${path} has ${sizeText(file.bytes)}: an archive of the game has at most ${sizeText(ARCHIVE_BYTES_MAX)}`,
    );
  if (version !== undefined && (await isThere(client, slave, version)))
    return { wanted: version, version, phase: "done", done: 0, there: true };
  const name = basename(path).slice(-NAME_CHARACTERS_MAX);
  const source = await localSource(file);
  const target = archiveTarget(client, slave, { ...file, name, version });
  const carrying = carried(`bringing ${name} to ${slave}`, { source, target, signal: output.signal });
  return orInterrupted(output, carrying).finally(() => source.close());
};

const isThere = async (client: ClusterClient, slave: SlaveId, version: string): Promise<boolean> => {
  const { installs } = shaped(listing, await client.slave(slave, "factorio-list", {}));
  return installs.some((one) => one.version === version);
};

interface Archive {
  readonly bytes: number;
  readonly sha256: string;
  readonly name: string;
  readonly version: string | undefined;
}

export const archiveTarget = (
  client: Pick<ClusterClient, "exchangeSlave">,
  slave: SlaveId,
  { bytes, sha256, name, version }: Archive,
): Target<FactorioJob> => ({
  begin: async () => {
    const options = { request: { op: "begin", bytes, sha256 }, timeoutMs: PIECE_MS_MAX } as const;
    return shaped(beginAnswer, await client.exchangeSlave(slave, "factorio-upload", options)).offset;
  },
  put: async (offset, body) => {
    const options = { request: { op: "put", sha256, offset }, body, timeoutMs: PIECE_MS_MAX } as const;
    await client.exchangeSlave(slave, "factorio-upload", options);
  },
  finish: async () => {
    const what = { op: "finish", bytes, sha256, name, ...(version === undefined ? {} : { version }) } as const;
    const options = { request: what, timeoutMs: FINISH_MS_MAX };
    return shaped(factorioJob, await client.exchangeSlave(slave, "factorio-upload", options));
  },
});
