import { readFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { Command, Option } from "clipanion";
import * as t from "typanion";
import { z } from "zod";
import { checkSave } from "#core/adapters/save-check";
import { badInput, isClusterioError, messageOf, refused } from "#core/errors";
import { createAnswer, describeAnswer, type FinishAnswer, finishAnswer, type MapOptions } from "#core/events/saves";
import { newSaveName } from "#core/saves/name";
import { sizeText } from "#core/terminal/size";
import { confirmed, yesOption } from "#ctl/ask/confirm";
import type { Prints } from "#ctl/printed/all";
import { FilesCommand, SAVE_SOURCE, type Saves } from "#ctl/save/base";
import type { FileChannel } from "#ctl/save/channel";
import { exchangeArgument } from "#ctl/save/exchange-argument";
import { localSource, localTarget, openLocal } from "#ctl/save/local-file";
import { meaningLines, SAVE_COLUMNS } from "#ctl/save/text";

const CATEGORY = "Saves";
const warn = (text: string | undefined): void => {
  if (text !== undefined) process.stderr.write(`warning: ${text}\n`);
};
const nameOf = (file: string): string => file.replace(/\.zip$/, "");
const replaceOption = () => Option.Boolean("--replace", false, { description: "Instead of a save of that name." });
const forceOption = () =>
  Option.Boolean("--force", false, { description: "Also the save that the next start would go on from." });

export class SaveListCommand extends FilesCommand {
  static override paths = [["save", "list"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "an instance's saves: size, age, whose they are, which one is loaded next",
    details: SAVE_SOURCE,
    examples: [["", "$0 save list north"]],
  });
  instance = Option.String({ name: "instance" });

  override async execute(): Promise<number> {
    return this.runFiles(() => async ({ channel, output }) => {
      const { saves } = await (await channel(this.instance)).saves();
      this.list(
        output,
        saves satisfies readonly Prints<"save list">[],
        SAVE_COLUMNS,
        `${this.instance} has no save yet: clusterio save create, or upload`,
      );
    });
  }
}

const textOf = async (path: string | undefined): Promise<string | undefined> => {
  if (path === undefined) return undefined;
  return readFile(path, "utf8").catch((error: unknown) => {
    throw badInput(`cannot read ${path}: ${messageOf(error)}`, error);
  });
};

export class SaveCreateCommand extends FilesCommand {
  static override paths = [["save", "create"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "save a running instance now, or make a new map for a stopped one",
    details: `
      Of a running instance its game writes a save under this name. For a stopped one a new map is made by its game, with the
      settings given; \`save restore\` makes it the next one to be loaded. An attached server whose folder its bridge does not see is
      told to save: say --replace, since nobody here knows whether it has one of that name (docs/supervision.md).

      A map exchange string, as the game's map generator exports it, is read by the instance's own game, with its mods: it
      makes a map that is thrown away, and says what the string holds. It comes alone, or with --seed, which overrides its own.
      Strings of a newer game than the instance's, and those that lost a character on their way, are refused. Give it in quotes,
      as @FILE, or as - to have it read from standard input.
      ${SAVE_SOURCE}`,
    examples: [
      ["Before something risky", "$0 save create north before-nukes"],
      ["A new map", "$0 save create north fresh --seed 4711 --map-gen-settings ./islands.json"],
      ["A map that somebody shared", "$0 save create north shared --exchange-string '>>>eNp1Uj…<<<'"],
      ["The same from a file", "$0 save create north shared --exchange-string @./shared.txt"],
    ],
  });
  instance = Option.String({ name: "instance" });
  name = Option.String({ name: "save" });
  replace = replaceOption();
  mapGenSettings = Option.String("--map-gen-settings", { description: "A file like the game's example of that name." });
  mapSettings = Option.String("--map-settings", { description: "A file like the game's example of that name." });
  preset = Option.String("--preset", { description: "One of the game's own, such as rich-resources." });
  seed = Option.String("--seed", {
    description: "The map's seed.",
    validator: t.cascade(t.isNumber(), [t.isInteger(), t.isInInclusiveRange(0, 4_294_967_295)]),
  });
  exchangeString = Option.String("--exchange-string", {
    description: "A map exchange string, @FILE that has one, or - for standard input.",
  });

  override async execute(): Promise<number> {
    return this.runFiles(async () => {
      const name = newSaveName(this.name);
      const { exchangeString, mapGenSettings, mapSettings, preset } = this;
      if (exchangeString !== undefined && (mapGenSettings ?? mapSettings ?? preset) !== undefined)
        throw badInput("--exchange-string holds all settings of a map: give it alone, or with --seed");
      const map = await this.#map();
      return async ({ channel, output }) => {
        const given = Object.keys(map).length === 0 ? {} : { map };
        const request = { op: "create", name, replace: this.replace, ...given } as const;
        const found = await channel(this.instance);
        const made = await found.ask("save-write", request, createAnswer);
        this.show(
          output,
          { instance: found.address.instance, ...made } satisfies Prints<"save create">,
          ({ file, bytes, made: what, elsewhere }) => [
            elsewhere === true
              ? `ordered: ${nameOf(file)} is written where the server runs, out of its bridge's sight`
              : `${what === "map" ? "made a new map" : "saved"}: ${nameOf(file)}, ${sizeText(bytes)}`,
          ],
        );
      };
    });
  }

  async #map(): Promise<MapOptions> {
    const [mapGenSettings, mapSettings] = await Promise.all([textOf(this.mapGenSettings), textOf(this.mapSettings)]);
    const given = this.exchangeString;
    const exchangeString = given === undefined ? undefined : await exchangeArgument(given, process.stdin);
    const all = { seed: this.seed, preset: this.preset, mapGenSettings, mapSettings, exchangeString };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  }
}

export class SaveUploadCommand extends FilesCommand {
  static override paths = [["save", "upload"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "bring a save from this machine to an instance",
    details: `
      It is read through before anything is sent, and again at the other end before it has its name: half a file, another
      kind of zip, or one that unpacks to far more than it should is never put there. It is loaded only after \`save restore\`,
      or if the instance has never run.
      ${SAVE_SOURCE}`,
    examples: [["", "$0 save upload north ./old-world.zip"]],
  });
  instance = Option.String({ name: "instance" });
  file = Option.String({ name: "FILE" });
  as = Option.String("--as", { description: "Its name there (default: the file's)." });
  replace = replaceOption();

  override async execute(): Promise<number> {
    return this.runFiles(() => {
      const name = newSaveName(this.as ?? basename(this.file));
      return async ({ channel, carry, output }) => {
        const file = await openLocal(resolve(this.file), output.signal);
        await checkSave(file.path, { shown: this.file });
        const found = await channel(this.instance);
        const target = found.target({ path: name, bytes: file.bytes, sha256: file.sha256, replace: this.replace });
        const source = await localSource(file);
        const done = await carry(`uploading ${name}`, source, target).finally(() => source.close());
        warn(done.warning);
        this.show(
          output,
          { instance: found.address.instance, ...done, sha256: file.sha256 } satisfies Prints<"save upload">,
          ({ file: there, bytes }) => [
            `${nameOf(there)}, ${sizeText(bytes)}, is one of ${found.address.instance}'s saves; clusterio save restore ${found.address.instance} ${nameOf(there)} makes it the next one to be loaded`,
          ],
        );
      };
    });
  }
}

export class SaveDownloadCommand extends FilesCommand {
  static override paths = [["save", "download"]];
  static values = { "--to": "FILE" };
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "fetch a save of an instance to this machine",
    details: `${SAVE_SOURCE}
      What has come of an interrupted download stands beside the file as .NAME.….part; the same command goes on.
    `,
    examples: [["The newest autosave of the bridge", "$0 save download north auto-1 --to ./north.zip"]],
  });
  instance = Option.String({ name: "instance" });
  name = Option.String({ name: "save" });
  to = Option.String("--to", { description: "The file to write (default: under its name, here)." });
  replace = Option.Boolean("--replace", false, { description: "Instead of a file of that name." });

  override async execute(): Promise<number> {
    return this.runFiles(() => async ({ channel, carry, output }) => {
      const found = await channel(this.instance);
      const save = await found.open(this.name);
      const path = resolve(this.to ?? save.file);
      if (!this.replace && (await openLocal(path).then(() => true, isThere)))
        throw refused(`${path} is there already: choose another --to, or say --replace`);
      await carry(`downloading ${nameOf(save.file)}`, found.source(save), localTarget(path, save));
      this.show(
        output,
        { instance: found.address.instance, ...save, path } satisfies Prints<"save download">,
        ({ bytes }) => [`${path}, ${sizeText(bytes)}`],
      );
    });
  }
}

/** A file that cannot be opened is in the way, too. */
const isThere = (error: unknown): boolean =>
  !(isClusterioError(error) && (error.cause as NodeJS.ErrnoException | undefined)?.code === "ENOENT");

abstract class OneSaveCommand extends FilesCommand {
  instance = Option.String({ name: "instance" });
  name = Option.String({ name: "save" });
}

export class SaveCopyCommand extends OneSaveCommand {
  static override paths = [["save", "copy"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "a copy of a save under another name, which nothing overwrites",
    details: SAVE_SOURCE,
    examples: [["Keep an autosave", "$0 save copy north auto-2 monday"]],
  });
  to = Option.String({ name: "new-name" });

  override async execute(): Promise<number> {
    return this.runFiles(() => {
      const to = newSaveName(this.to);
      return async ({ channel, output }) => {
        const done = await (await channel(this.instance)).ask(
          "save-write",
          { op: "copy", from: this.name, to },
          finishAnswer,
        );
        this.show(output, done satisfies Prints<"save copy">, ({ file, bytes }) => [
          `${nameOf(file)}, ${sizeText(bytes)}`,
        ]);
      };
    });
  }
}

export class SaveRenameCommand extends OneSaveCommand {
  static override paths = [["save", "rename"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "another name for a save",
    details: `
      A save that the game wrote and that got another name is an operator's copy from then on: it is loaded when it is
      restored, never by itself.
      ${SAVE_SOURCE}`,
    examples: [["", "$0 save rename north monday before-nukes"]],
  });
  to = Option.String({ name: "new-name" });
  force = forceOption();

  override async execute(): Promise<number> {
    return this.runFiles(() => {
      const to = newSaveName(this.to);
      return async ({ channel, output }) => {
        const request = { op: "rename", from: this.name, to, force: this.force } as const;
        const done = await (await channel(this.instance)).ask("save-write", request, finishAnswer);
        this.show(output, done satisfies Prints<"save rename">, ({ file }) => [`its name is ${nameOf(file)} now`]);
      };
    });
  }
}

export class SaveDeleteCommand extends OneSaveCommand {
  static override paths = [["save", "delete"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "delete a save, once its name was typed",
    details: SAVE_SOURCE,
    examples: [["", "$0 save delete north monday"]],
  });
  force = forceOption();
  yes = yesOption();

  override async execute(): Promise<number> {
    return this.runFiles(() => async ({ channel, output }) => {
      const found = await channel(this.instance);
      const { file, bytes } = await found.open(this.name);
      const does = `delete this save of ${found.address.instance} (${sizeText(bytes)})`;
      await confirmed({ what: "the save's name", name: nameOf(file), does }, { yes: this.yes, signal: output.signal });
      const done = await found.ask("save-write", { op: "delete", path: file, force: this.force }, finishAnswer);
      this.show(output, done satisfies Prints<"save delete">, ({ file: gone }) => [`${nameOf(gone)} is gone`]);
    });
  }
}

export class SaveTransferCommand extends OneSaveCommand {
  static override paths = [["save", "transfer"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "copy a save from one instance to another, on whatever slaves they are",
    details: `
      The save goes through this process, piece by piece. At the other instance it is a save of another world: loading it is a
      fork, which \`save restore\` tells. To take an instance to another slave, use \`instance move\`.
      ${SAVE_SOURCE}`,
    examples: [["", "$0 save transfer north monday south"]],
  });
  to = Option.String({ name: "to-instance" });
  as = Option.String("--as", { description: "Its name there (default: the same)." });
  replace = replaceOption();

  override async execute(): Promise<number> {
    return this.runFiles(() => {
      const wanted = this.as === undefined ? undefined : newSaveName(this.as);
      return async ({ channel, carry, output }) => {
        const [from, to] = await Promise.all([channel(this.instance), channel(this.to)]);
        const save = await from.open(this.name);
        const path = wanted ?? nameThere(save.file, from);
        const target = to.target({ path, bytes: save.bytes, sha256: save.sha256, replace: this.replace });
        const done = await carry(`transferring ${nameOf(save.file)}`, from.source(save), target);
        warn(done.warning);
        this.show(
          output,
          { instance: to.address.instance, ...done, sha256: save.sha256 } satisfies Prints<"save transfer">,
          ({ file, bytes }) => [`${nameOf(file)}, ${sizeText(bytes)}, is one of ${to.address.instance}'s saves`],
        );
      };
    });
  }
}

/** Names that the game writes are nobody's: such a save is called after where it comes from. */
const nameThere = (file: string, { address }: FileChannel): string => {
  try {
    return newSaveName(file);
  } catch (error) {
    if (!isClusterioError(error, "bad-input")) throw error;
    return newSaveName(`${address.instance}-${nameOf(file).replace(/[^A-Za-z0-9]+/g, "-")}`.replace(/-+/g, "-"));
  }
};

export class SaveRestoreCommand extends OneSaveCommand {
  static override paths = [["save", "restore"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "make a save the next one to be loaded, and say what that means",
    details: `
      An older save of the same world is a rewind: what it exported since is taken back, what it received since comes again,
      and no item is lost or made. A save of another instance is a fork. The saves that are there stay where they are.

      The instance must be stopped, or --restart stops it and starts it from this save.
      ${SAVE_SOURCE}`,
    examples: [
      ["What it would mean", "$0 save restore north monday --dry-run"],
      ["Do it now", "$0 save restore north monday --restart"],
    ],
  });
  dryRun = Option.Boolean("--dry-run", false, { description: "Only say what it would mean." });
  restart = Option.Boolean("--restart", false, { description: "Stop the instance, and start it from this save." });

  override async execute(): Promise<number> {
    return this.runFiles(() => async (saves) => {
      const { output } = saves;
      const found = await saves.channel(this.instance);
      const { instance } = found.address;
      const about = await found.ask("save-read", { op: "describe", path: this.name }, describeAnswer);
      if (!this.json) for (const line of meaningLines(instance, about)) output.line(line);
      warn(about.warning);
      if (!this.dryRun) {
        const restored = await restore(saves, found, { path: about.file, restart: this.restart });
        warn(restored.warning);
      }
      if (this.json)
        output.json({
          instance,
          ...about,
          restored: !this.dryRun,
          started: !this.dryRun && this.restart,
        } satisfies Prints<"save restore">);
      else if (this.dryRun) output.line("nothing was changed");
      else output.line(`${nameOf(about.file)} is loaded ${this.restart ? "now" : `at the next start of ${instance}`}`);
    });
  }
}

/** An orderly stop may have to save a large map first. */
const STOPPED_MS_MAX = 150_000;

const restore = async (
  { client, clock }: Saves,
  found: FileChannel,
  { path, restart }: { readonly path: string; readonly restart: boolean },
): Promise<FinishAnswer> => {
  if (!restart) return found.ask("save-write", { op: "restore", path }, finishAnswer);
  await client.bridge(found.address, "stop", {});
  const until = clock.now() + STOPPED_MS_MAX;
  for (;;) {
    const { state } = z.object({ state: z.string() }).parse(await client.bridge(found.address, "stop", {}));
    if (state === "stopped" || state === "failed") break;
    if (clock.now() >= until)
      throw refused(`${found.address.instance} is still ${state}: try again when it is stopped`);
    await new Promise<void>((resolve) => clock.after(250, resolve));
  }
  const done = await found.ask("save-write", { op: "restore", path }, finishAnswer);
  await client.bridge(found.address, "start", {});
  return done;
};

export const SAVE_COMMANDS = [
  SaveListCommand,
  SaveCreateCommand,
  SaveUploadCommand,
  SaveDownloadCommand,
  SaveCopyCommand,
  SaveRenameCommand,
  SaveDeleteCommand,
  SaveTransferCommand,
  SaveRestoreCommand,
] as const;
