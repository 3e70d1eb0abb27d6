import { readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "#core/adapters/make-folder";
import { checkSave } from "#core/adapters/save-check";
import { syncFolder } from "#core/adapters/sync-folder";
import { isClusterioError, messageOf, refused } from "#core/errors";
import type { InstanceView } from "#core/events/query";
import { finishAnswer, type SaveView } from "#core/events/saves";
import { instanceId, slaveId } from "#core/ids";
import type { Log } from "#core/ports/log";
import { sizeText } from "#core/terminal/size";
import { VERSION } from "#core/version";
import { keepLists } from "#ctl/backup/lists";
import { type BackupFile, beyond, listBackups, type Manifest, writeManifest } from "#ctl/backup/manifest";
import { keepPlayers } from "#ctl/backup/players";
import { keepRights } from "#ctl/backup/rights";
import type { LiveLedger } from "#ctl/history/reader";
import { instanceNamed } from "#ctl/instance/named";
import { archiveWhole } from "#ctl/ledger/archive";
import type { Saves } from "#ctl/save/base";
import { FileChannel } from "#ctl/save/channel";
import { digestOf, localTarget } from "#ctl/save/local-file";

/**
 * One folder with a save of each instance, then the ledger: what the ledger's archive knows is never older than the saves, so that a
 * restore of both is a small rewind at most. Then what the cluster knows of people: rights, lists, who has played.
 *
 * BK1 a backup has its name only when it is whole: everything was fetched, summed, and read through.
 * BK2 retention removes a backup only after a newer one that lacks nothing is in its place.
 */

/** What a killed attempt left is removed by the next one. */
const PARTIAL = ".partial";
const MADE_FOR_BACKUP = "backup-in-progress";

export interface BackupOrder {
  /** Absolute. */
  readonly to: string;
  readonly only: readonly string[];
  readonly keep: number | undefined;
  /** Of the cluster's streams: absent for saves alone. */
  readonly streams: KeptStreams | undefined;
}

export interface KeptStreams {
  readonly cluster: string;
  readonly live: LiveLedger;
  readonly access: Pick<Log, "last">;
  readonly lists: Pick<Log, "info" | "read">;
  readonly players: Pick<Log, "info" | "read">;
}

export interface BackedUp {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly removed: readonly string[];
}

export const createBackup = async (
  saves: Saves,
  order: BackupOrder,
  say: (line: string) => void,
): Promise<BackedUp> => {
  const time = new Date().toISOString();
  const name = time.replace(/[:.]/g, "-");
  await removePartial(order.to);
  const draft = join(order.to, `.${name}${PARTIAL}`);
  await makeFolder(draft);
  try {
    const { instances, missing } = await fetchAll(saves, await chosen(saves, order.only), { draft, say });
    if (instances.length === 0 && missing.length > 0)
      throw refused(`nothing could be fetched: ${missing.map(({ reason }) => reason).join("; ")}`);
    const kept = await fetchStreams(order.streams, draft, { saves, say });
    const cluster = order.streams?.cluster ?? "";
    const head = { v: 2, kind: "clusterio-backup", name, cluster, software: VERSION, time } as const;
    const asked = order.only.length === 0 ? {} : ({ named: true } as const);
    const made: Manifest = { ...head, ...asked, instances, missing, ...kept };
    await writeManifest(draft, made);
    const folder = join(order.to, name);
    await rename(draft, folder);
    await syncFolder(order.to);
    return { folder, manifest: made, removed: await retain(order) };
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
};

const removePartial = async (folder: string): Promise<void> => {
  await makeFolder(folder);
  for (const name of await readdir(folder))
    if (name.startsWith(".") && name.endsWith(PARTIAL)) await rm(join(folder, name), { recursive: true, force: true });
};

/** BK2 */
const retain = async ({ to, keep }: BackupOrder): Promise<string[]> => {
  if (keep === undefined) return [];
  const old = beyond((await listBackups(to)).whole, keep);
  for (const { folder } of old) await rm(folder, { recursive: true, force: true });
  return old.map(({ folder }) => folder);
};

const chosen = async ({ client }: Saves, only: readonly string[]): Promise<InstanceView[]> => {
  const all = await client.instances();
  if (only.length === 0) return all;
  return only.map((name) => instanceNamed(all, name));
};

interface Work {
  readonly draft: string;
  readonly say: (line: string) => void;
}

const fetchAll = async (saves: Saves, views: readonly InstanceView[], work: Work) => {
  const instances: Manifest["instances"] = [];
  const worlds = await saves.client.worlds();
  const missing: Manifest["missing"] = [];
  for (const view of views) {
    const { instance } = view;
    try {
      const fetched = await fetchOne(saves, view, work);
      if (fetched === undefined) work.say(`${instance} has no save yet: there is nothing to keep`);
      else {
        const known = worlds.find(({ world }) => world === fetched.world);
        const totals = known === undefined ? null : { exported: known.exported, received: known.received };
        instances.push({ ...fetched, totals });
      }
    } catch (error) {
      // An interrupted backup is none; an instance that is away does not keep the others from having one.
      if (saves.signal.aborted || !isClusterioError(error)) throw error;
      missing.push({ instance, reason: messageOf(error) });
      work.say(`${instance} is left out: ${messageOf(error)}`);
    }
  }
  return { instances, missing };
};

/** A running instance saves for it; of one that does not run, what its next start would take. */
const fetchOne = async (
  saves: Saves,
  { instance, config, slave }: InstanceView,
  { draft, say }: Work,
): Promise<Omit<Manifest["instances"][number], "totals"> | undefined> => {
  if (slave === "") throw refused(`${instance} belongs to no slave`);
  const channel = new FileChannel(saves.client, { slave: slaveId(slave), instance: instanceId(instance) });
  const fresh = await saveNow(channel, say);
  try {
    const { saves: there } = await channel.saves();
    const taken = there.find(({ file, next }) => (fresh ? file === `${MADE_FOR_BACKUP}.zip` : next === true));
    if (taken === undefined) return undefined;
    say(`fetching ${instance}'s ${fresh ? "save" : `newest save, ${taken.file}`}, ${sizeText(taken.bytes)}…`);
    const path = `saves/${instance}.zip`;
    const save = await fetchSave(saves, channel, { taken, path, draft });
    return { instance, name: config.name, slave, world: taken.world ?? "", tick: taken.tick ?? null, save };
  } finally {
    if (fresh)
      await channel
        .ask("save-write", { op: "delete", path: `${MADE_FOR_BACKUP}.zip`, force: true }, finishAnswer)
        .catch(() => say(`${MADE_FOR_BACKUP} stays among the saves of ${instance}: delete it by hand`));
  }
};

/** False when it does not run: then nothing is newer than what is there. */
const saveNow = async (channel: FileChannel, say: Work["say"]): Promise<boolean> => {
  const { state } = await channel.saves();
  if (state !== "running") return false;
  say(`saving ${channel.address.instance}…`);
  await channel.ask("save-write", { op: "create", name: MADE_FOR_BACKUP, replace: true }, finishAnswer);
  return true;
};

const fetchSave = async (
  saves: Saves,
  channel: FileChannel,
  { taken, path, draft }: { readonly taken: SaveView; readonly path: string; readonly draft: string },
): Promise<BackupFile> => {
  const found = await channel.open(taken.file);
  const local = join(draft, path);
  const shown = `${channel.address.instance}'s save`;
  await saves.carry(shown, channel.source(found), localTarget(local, found));
  await checkSave(local, { shown });
  return { path, bytes: found.bytes, sha256: found.sha256 };
};

interface Fetching {
  readonly saves: Saves;
  readonly say: Work["say"];
}

const fetchStreams = async (
  streams: KeptStreams | undefined,
  draft: string,
  { saves, say }: Fetching,
): Promise<Pick<Manifest, "ledger" | "rights" | "lists" | "players">> => {
  if (streams === undefined) return { ledger: null, rights: null, lists: null, players: null };
  const ledger = await fetchLedger(streams, draft, { saves, say });
  say("keeping who may do what, the lists and who has played…");
  const where = { path: (file: string) => join(draft, file) };
  const rights = await keepRights(streams.access, where);
  if (rights === null) say("ACCESS is empty: there is no book of rights to keep");
  const lists = await keepLists(streams.lists, where, saves.signal);
  return { ledger, rights, lists, players: await keepPlayers(streams.players, where, saves.signal) };
};

const fetchLedger = async (
  { live, cluster }: KeptStreams,
  draft: string,
  { saves, say }: Fetching,
): Promise<Manifest["ledger"]> => {
  say("archiving LEDGER…");
  const path = "ledger.jsonl.gz";
  const header = await archiveWhole(live, { to: join(draft, path), cluster }, saves.signal);
  if (header === undefined) return null;
  const { size } = await stat(join(draft, path));
  const sha256 = await digestOf(join(draft, path), saves.signal);
  return { file: { path, bytes: size, sha256 }, from: header.from, to: header.to, tip: header.tip };
};
