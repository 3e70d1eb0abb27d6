import { join, resolve } from "node:path";
import { Command, Option } from "clipanion";
import * as t from "typanion";
import { newServerCertificate } from "#core/adapters/certificates";
import { lockFolder } from "#core/adapters/folder-lock";
import { natsAccountServer } from "#core/adapters/nats-account-server";
import { connectNats } from "#core/adapters/nats-connection";
import { newFile } from "#core/adapters/new-file";
import { nodeDisk } from "#core/adapters/node-disk";
import { badInput, isClusterioError, refused, unavailable } from "#core/errors";
import { decodeText } from "#core/events/codec";
import { createIdentity, identityFile, isLive, type Rotatable, rotateKey } from "#core/identity/identity";
import { ANOTHER_OUTPUT } from "#ctl/access/base";
import { dirOption, ResultCommand } from "#ctl/audit/base-command";
import { readGiven, serverOf } from "#ctl/cluster/place";
import { assignmentKeyFile, identityFolder, readSettings, tlsFiles } from "#ctl/cluster/settings";
import { certificateHosts, writeBrokerConfig } from "#ctl/init/init";
import { makeBackup, restoreBackup } from "#ctl/keys/backup";
import type { Prints } from "#ctl/printed/all";

const CATEGORY = "Keys";
/** Replaced while the cluster runs. */
const LIVE = ["slaves", "admins", "users", "tokens"] as const;

/** What is replaced, as an operator calls it, and what that means to others. */
const KEYS: Readonly<Record<string, { readonly key: Rotatable | "tls"; readonly says: string }>> = {
  tls: { key: "tls", says: "nobody notices: slaves trust the authority" },
  operator: { key: "operator", says: "all credentials stay good" },
  signing: { key: "signing", says: "all credentials stay good" },
  masters: { key: "master", says: "masters on other machines need the new files of identity/creds" },
  slaves: {
    key: "slave",
    says: "every other slave needs new credentials: clusterio slave create-config, or slave token",
  },
  admins: { key: "user", says: "admins by the cluster's keys need new files: clusterio bootstrap create-ctl-config" },
  users: { key: "access", says: "every user needs new credentials: clusterio user revoke, then user create" },
  tokens: { key: "join", says: "open join tokens are void" },
  assignments: { key: "assignment", says: "the next leader signs all assignments anew" },
};

export class RotateCommand extends ResultCommand {
  static override paths = [["rotate"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "a new key instead of one that is old, or that somebody else may have",
    details: `
${Object.entries(KEYS)
  .map(([name, { says }]) => `      ${name}: ${says}.`)
  .join("\n\n")}

      ${LIVE.join(", ")} and tls are replaced while the cluster runs: masters take the new key up within seconds (those on other machines
      when they get the new identity/access.json), the broker the certificate. The others need a cluster that does not run, and take effect
      with its next start. With --grace, credentials of the replaced key are accepted for so many days, and slaves have theirs renewed by
      themselves meanwhile; without it they are void at once, as they have to be when somebody else may have the key. A backup comes
      first: \`clusterio identity backup\`. The keys of the accounts themselves are the cluster: with others it is a new one.

      Exit codes: 0 replaced; 2 bad arguments; 3 there is no cluster in --dir; 4 it runs, or its certificates were given.
    `,
    examples: [
      ["The server's certificate, before it ends", "$0 rotate tls"],
      ["A laptop with access.json was stolen", "$0 rotate signing"],
      ["Slaves' key, because it is old", "$0 rotate slaves --grace 7"],
    ],
  });

  dir = dirOption();
  key = Option.String({ name: "key" });
  grace = Option.String("--grace", {
    description: "Days for which credentials of the replaced key are accepted, too (default: none).",
    validator: t.cascade(t.isNumber(), [t.isInInclusiveRange(0.001, 365)]),
  });

  override async execute(): Promise<number> {
    return this.work(() => {
      const dir = resolve(this.dir);
      const found = KEYS[this.key];
      if (found === undefined)
        throw badInput(
          `"${this.key.slice(0, 80)}" is no key that can be replaced; there are ${Object.keys(KEYS).join(", ")}`,
        );
      const live = found.key !== "tls" && isLive(found.key);
      if (this.grace !== undefined && !live)
        throw badInput(`${this.key} has no time in which both are accepted: --grace is for ${LIVE.join(", ")}`);
      return async (output, own) => {
        const folder = identityFolder(dir);
        if ((await nodeDisk.read(identityFile(folder))) === undefined)
          throw unavailable(`there is no cluster in ${dir}: name its folder with --dir`);
        const running = (owner: string) => `the cluster in ${dir} runs (${owner}): stop it, then replace the key`;
        const other = (owner: string) => `another key of ${dir} is being replaced (${owner}): wait for that`;
        own(await lockFolder(join(dir, "rotate-lock"), other), (unlock) => unlock());
        if (!live && found.key !== "tls") own(await lockFolder(join(dir, "lock"), running), (unlock) => unlock());
        if (found.key === "tls") await rotateTls(dir);
        else await rotate(dir, found.key, this.grace);
        const when = found.key === "tls" ? await reloadBroker(dir) : live ? TAKEN_UP : NEXT_START;
        const until =
          this.grace === undefined ? {} : { acceptedUntil: new Date(Date.now() + this.grace * DAY_MS).toISOString() };
        this.show(output, { key: this.key, note: found.says, when, ...until } satisfies Prints<"rotate">, (done) => [
          `${done.key} has a new key: ${done.note}`,
          ...(done.acceptedUntil === undefined ? [] : [`the old one is accepted until ${done.acceptedUntil}`]),
          when,
        ]);
      };
    });
  }
}

const DAY_MS = 86_400_000;
const TAKEN_UP = "masters that run take it up within seconds";
const NEXT_START = "it takes effect when the broker and the masters start again";

const rotate = async (dir: string, key: Rotatable, graceDays = 0): Promise<void> => {
  const now = Date.now();
  const identity = await rotateKey(identityFolder(dir), nodeDisk, key, { now, until: now + graceDays * DAY_MS });
  await nodeDisk.write(assignmentKeyFile(dir), new TextEncoder().encode(`${identity.assignment.seed}\n`));
  await renderAgain(dir);
};

/** A broker that runs is told to read its certificate again; connections that there are stay. */
const reloadBroker = async (dir: string): Promise<string> => {
  const at = await serverOf(dir);
  const creds = await nodeDisk.read(join(identityFolder(dir), "creds", "system-system.creds"));
  if (at === undefined || creds === undefined) return NEXT_START;
  const link = await connectNats({ servers: at.url, creds, name: "system", ca: at.ca }).catch((error: unknown) => {
    if (!isClusterioError(error)) throw error;
  });
  if (link === undefined) return NEXT_START;
  try {
    await natsAccountServer(link).reload();
    return "the broker uses it from now on";
  } finally {
    await link.close();
  }
};

/** For a broker that runs on the file that `init` made. */
const renderAgain = async (dir: string, folder = dir): Promise<void> => {
  const settings = await readSettings(folder);
  if (settings === undefined) return;
  const identity = await createIdentity(identityFolder(folder), nodeDisk);
  await writeBrokerConfig(folder, dir, { settings, identity });
};

const rotateTls = async (dir: string): Promise<void> => {
  const settings = await readSettings(dir);
  if (settings === undefined) throw refused(`the cluster in ${dir} has no TLS: it is of loopback alone`);
  const files = tlsFiles(dir);
  const caKey = await nodeDisk.read(files.caKey);
  if (caKey === undefined)
    throw refused(`the certificates in ${dir} were given: put newer ones into ${files.cert} and ${files.key}`);
  const authority = { cert: decodeText(await readGiven(files.ca, "the authority")), key: decodeText(caKey) };
  const made = await newServerCertificate(authority, certificateHosts(settings), Date.now());
  await nodeDisk.write(files.key, new TextEncoder().encode(made.key));
  await nodeDisk.write(files.cert, new TextEncoder().encode(made.cert));
};

export class IdentityBackupCommand extends ResultCommand {
  static override paths = [["identity", "backup"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "all keys of a cluster, and who may do what, in one file for a safe",
    details: `
      Whoever has the file (0600) has the cluster. Items are not in it: the saves have them.

      Exit codes: 0; 2 bad arguments; 3 there is no cluster in --dir, or the file cannot be written; 4 the file is there already.
    `,
    examples: [["", "$0 identity backup --output /media/safe/cluster.json"]],
  });
  dir = dirOption();
  output = Option.String("--output", { required: true, description: "The file.", validator: t.isString() });

  override async execute(): Promise<number> {
    return this.work(() => async (output) => {
      const path = await newFile(this.output, ANOTHER_OUTPUT);
      await nodeDisk.write(path, await makeBackup(resolve(this.dir)));
      this.show(output, { file: path } satisfies Prints<"identity backup">, (made) => [
        `${made.file}: keep it where nobody else comes`,
      ]);
    });
  }
}

export class IdentityRestoreCommand extends ResultCommand {
  static override paths = [["identity", "restore"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "a cluster's folder from a backup",
    details: `
      Slaves and users go on with the credentials that they have; what was revoked before the backup stays revoked. The worlds bring the
      ledger back.

      Exit codes: 0; 2 the file is no backup; 3 the folder cannot be made; 4 there is something in the folder already.
    `,
    examples: [["", "$0 identity restore /media/safe/cluster.json --dir ./cluster"]],
  });
  dir = dirOption();
  file = Option.String({ name: "file" });

  override async execute(): Promise<number> {
    return this.work(() => async (output) => {
      const [path, dir] = [resolve(this.file), resolve(this.dir)];
      await restoreBackup(await readGiven(path, "the backup"), {
        path,
        dir,
        finish: (draft) => renderAgain(dir, draft),
      });
      this.show(output, { dir } satisfies Prints<"identity restore">, (made) => [
        `${made.dir} is restored: start it with \`clusterio up --dir ${made.dir}\``,
      ]);
    });
  }
}

export const KEY_COMMANDS = [RotateCommand, IdentityBackupCommand, IdentityRestoreCommand] as const;
