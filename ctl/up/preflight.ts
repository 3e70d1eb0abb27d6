import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { factorioIn } from "#core/adapters/factorio-folder";
import { type CredsToken, tokenIn } from "#core/adapters/nats-creds";
import { packageRoot } from "#core/adapters/package-root";
import { badInput, messageOf, unavailable } from "#core/errors";
import { type SlaveId, slaveId, type UserId, userId } from "#core/ids";
import type { UpOptions } from "#ctl/up/options";

/** What can be known to be missing is said before anything is started. */

/** Names on a server whose credentials do not bind us to others: also those of the server that `up` starts itself. */
export const SLAVE = slaveId("local");
export const USER = userId("operator");

const OUR_MOD = /^clusterio_\d+\.\d+\.\d+\.zip$/;

/** @throws ClusterioError `unavailable` when the game or our mod is not there. */
export const requireGame = async (game: UpOptions["game"]): Promise<void> => {
  const line = game.kind === "factorio" ? factorioIn(game.dir).line : "2.1";
  const folder = join(packageRoot(), "lua-mod", "dist", line);
  const names = await readdir(folder).catch(() => []);
  if (!names.some((name) => OUR_MOD.test(name))) {
    throw unavailable(`the mod clusterio_<version>.zip is not in ${folder}: run "npm run build"`);
  }
};

/** The credentials for a server that somebody else runs, and who we are by them. */
export interface GivenCreds {
  /** Files. */
  readonly core: string;
  readonly edge: string;
  readonly slave: SlaveId;
  readonly user: UserId;
  readonly userCreds: Uint8Array;
}

/**
 * A token of one of our roles binds its bearer to its own name and to what slaves or users may say, so the bridge and the
 * commands need one each. A plain user of the EDGE account is good for both.
 * @throws ClusterioError `bad-input` when a file cannot be read, or cannot do what it is for.
 */
export const givenCreds = async ({ core, edge, user }: NonNullable<UpOptions["nats"]>): Promise<GivenCreds> => {
  await readCreds(core, "--core-creds");
  const slaveToken = (await readCreds(edge, "--edge-creds")).token;
  if (slaveToken.scoped && user === edge) {
    throw badInput(
      `the credentials in ${edge} are of one role ("${slaveToken.name}"), and commands need those of a user: ` +
        "add --user-creds FILE, or give --edge-creds those of a plain user of the EDGE account",
    );
  }
  const { token, bytes } = await readCreds(user, "--user-creds");
  return {
    core,
    edge,
    slave: slaveToken.scoped ? slaveId(slaveToken.name) : SLAVE,
    user: token.scoped ? userId(token.name) : USER,
    userCreds: bytes,
  };
};

const readCreds = async (path: string, flag: string): Promise<{ token: CredsToken; bytes: Uint8Array }> => {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw badInput(`${flag}: ${path} cannot be read: ${messageOf(error)}`, error);
  });
  return { token: tokenIn(bytes, path), bytes: new Uint8Array(bytes) };
};
