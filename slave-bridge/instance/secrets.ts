import { badInput } from "#core/errors";
import type { InstanceConfig } from "#core/instance-config";
import type { Disk } from "#core/ports/disk";

/** What a configuration names and does not hold: the first line of a file in the bridge's folder `secrets` (ADR 0071). */
export const secretPath = (dir: string, name: string): string => `${dir}/secrets/${name}`;

/** @throws ClusterioError `bad-input` that says where it is looked for. */
export const readSecret = async (disk: Disk, path: string, key: string): Promise<string> => {
  const bytes = await disk.read(path);
  const [secret = ""] = bytes === undefined ? [] : new TextDecoder().decode(bytes).split(/\r?\n/);
  if (secret !== "") return secret;
  const what = bytes === undefined ? "there is no such file" : "its first line is empty";
  throw badInput(`${key} names ${path}: ${what}; put the secret there (mode 0600), or take the key away`);
};

export interface Secrets {
  readonly token?: string;
  readonly password?: string;
  readonly game_password?: string;
}

/** Those that the game's settings name. @throws ClusterioError `bad-input` when one is not there. */
export const secretsOf = async (disk: Disk, dir: string, { settings = {} }: InstanceConfig): Promise<Secrets> => {
  const secrets: Record<string, string> = {};
  for (const key of ["token", "password", "game_password"] as const) {
    const name = settings[`${key}_file`];
    if (name !== undefined) secrets[key] = await readSecret(disk, secretPath(dir, name), `settings.${key}_file`);
  }
  return secrets;
};
