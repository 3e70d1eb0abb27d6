import { createHash } from "node:crypto";
import { downloadBytes } from "#core/adapters/download";
import { unavailable } from "#core/errors";
import { listedHash } from "#ctl/nats-server/decide";
import { fileFromTarGz } from "#ctl/nats-server/tar";

const ARCHIVE_BYTES_MAX = 64 * 1024 * 1024;

export const OFFICIAL_RELEASES = "https://github.com/nats-io/nats-server/releases/download";

export interface Release {
  /** Everything before `/v<version>/<file>`. */
  readonly base: string;
  readonly version: string;
  /** The archive's name without ".tar.gz". */
  readonly name: string;
  /** A server that does not begin to answer within this time is away. */
  readonly answerMs: number;
}

/**
 * The binary out of a release archive whose hash is the one that the release publishes.
 * @throws ClusterioError `unavailable` when it cannot be had, is another one, or has no such file.
 */
export const fetchRelease = async ({ base, version, name, answerMs }: Release): Promise<Uint8Array> => {
  const file = `${name}.tar.gz`;
  const folder = `${base}/v${version}`;
  const limits = { answerMs, bytesMax: ARCHIVE_BYTES_MAX };
  const sums = new TextDecoder().decode(await downloadBytes(`${folder}/SHA256SUMS`, limits));
  const wanted = listedHash(sums, file);
  if (wanted === undefined) throw unavailable(`the release ${version} lists no ${file}`);
  const archive = await downloadBytes(`${folder}/${file}`, limits);
  const hash = createHash("sha256").update(archive).digest("hex");
  if (hash !== wanted)
    throw unavailable(`${folder}/${file} is not what the release published (SHA-256 ${hash}): refused`);
  const binary = fileFromTarGz(archive, "nats-server");
  if (binary === undefined) throw unavailable(`${file} holds no nats-server`);
  return binary;
};
