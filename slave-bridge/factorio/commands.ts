import { join, resolve } from "node:path";
import { Command, Option } from "clipanion";
import { CONFIG_FILE, folderOf, readConfig } from "#bridge/config/file";
import { OFFICIAL_FACTORIO } from "#bridge/factorio/catalog";
import { usersOf } from "#bridge/factorio/orders";
import type { FactorioInstalls, InstallProgress } from "#bridge/factorio/port";
import { folderInstalls } from "#bridge/game/adapters/folder-installs";
import { usersIn } from "#bridge/game/adapters/install-users";
import type { Prints } from "#bridge/printed";
import { nodeDisk } from "#core/adapters/node-disk";
import { Progress } from "#core/adapters/progress";
import { badInput, refused } from "#core/errors";
import type { FactorioView } from "#core/events/command";
import { CHANNELS, parseGameVersion } from "#core/game-version";
import { runDaemon } from "#core/lifecycle";
import { ShowingCommand } from "#core/terminal/results";
import { type Column, tableLines } from "#core/terminal/table";

/** Installs of the game on this machine, with or without a bridge that runs. */

const CATEGORY = "Factorio";
const EXITS = `
      Exit codes: 0; 2 bad arguments, or what was found is no Factorio; 3 it cannot be had, read or written; 4 refused: the sum is
      another one, or the version is used.
`;

const COLUMNS: readonly Column<FactorioView>[] = [
  { head: "VERSION", of: ({ version }) => version },
  { head: "CHANNELS", of: ({ channels }) => channels.join(",") || "-" },
  { head: "USED BY", of: ({ usedBy }) => usedBy.join(",") || "-" },
];

export const installsFolder = (dir: string): string => join(dir, "factorio");

type Printable = Prints<"factorio install" | "factorio list" | "factorio remove">;

abstract class FactorioCommand extends ShowingCommand {
  config = Option.String("--config", { description: `The bridge's configuration (default ./${CONFIG_FILE}).` });
  dir = Option.String("--dir", { description: "The bridge's folder (default: that of its configuration)." });
  releases = Option.String("--factorio-releases", {
    description: `Where versions and archives are (default: as configured, or ${OFFICIAL_FACTORIO}).`,
  });

  protected async place(): Promise<{ dir: string; installs: FactorioInstalls }> {
    const path = this.config ?? CONFIG_FILE;
    const there = this.config !== undefined || (await nodeDisk.read(resolve(path))) !== undefined;
    const config = there ? await readConfig(path) : undefined;
    if (config === undefined && this.dir === undefined)
      throw badInput(
        `there is no ${CONFIG_FILE} here: name the bridge's folder with --dir, or its configuration with --config`,
      );
    const dir = resolve(this.dir ?? folderOf(path));
    const releases = this.releases ?? config?.settings["factorio-releases"] ?? OFFICIAL_FACTORIO;
    return { dir, installs: folderInstalls({ folder: installsFolder(dir), releases }) };
  }

  protected show(result: Printable, text: string): void {
    process.stdout.write(`${this.json ? JSON.stringify(result) : text}\n`);
  }
}

/** Each step as it begins, and the download as it grows. */
const shown = () => {
  let phase = "";
  let progress: Progress | undefined;
  return {
    on: (now: InstallProgress) => {
      if (now.phase !== phase) {
        progress?.end();
        progress = undefined;
        phase = now.phase;
        process.stderr.write(`${phase}${now.version === "" ? "" : ` Factorio ${now.version}`}\n`);
      }
      if (now.total === undefined) return;
      progress ??= new Progress("bytes", now.total);
      progress.update(now.done);
    },
    end: () => progress?.end(),
  };
};

export class FactorioInstallCommand extends FactorioCommand {
  static override paths = [["factorio", "install"]];
  static values = { "--from": "FILE" };
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "install a version of the headless server beside the others",
    details: `
      Downloads what the vendor publishes, verifies its SHA-256, unpacks it beside its place and puts it there in one step; a
      download that broke goes on where it ended. With --from an archive of this machine (tar.xz, tar.gz) is taken instead,
      and a version beside it is what it must hold.
      ${EXITS}`,
    examples: [
      ["The newest stable one", "$0 factorio install stable --dir ./attic"],
      ["From a file", "$0 factorio install --from factorio-headless_linux_2.0.76.tar.xz --dir ./attic"],
    ],
  });
  version = Option.String({ name: "version", required: false });
  from = Option.String("--from", { description: "An archive on this machine." });
  sha256 = Option.String("--sha256", { description: "With --from: the sum that it must have." });

  override async execute(): Promise<number> {
    return runDaemon(async ({ signal }) => {
      this.checkFormat();
      const { version, from, sha256 } = this;
      if (version === undefined && from === undefined)
        throw badInput("give a version (2.0.76, 2.0, stable, experimental), or an archive with --from");
      if (version !== undefined && from !== undefined && parseGameVersion(version) === undefined)
        throw badInput(`an archive holds one version: give it exactly (2.0.76), or leave ${version} out`);
      if (sha256 !== undefined && (from === undefined || !/^[0-9a-fA-F]{64}$/.test(sha256)))
        throw badInput("--sha256 goes with --from and has 64 hexadecimal digits");
      const { installs } = await this.place();
      const progress = shown();
      try {
        const installed =
          from === undefined
            ? await installs.install(version ?? "", progress.on, signal)
            : await installs.installFrom(from, progress.on, { sum: sha256, version, signal });
        const word = installed.there ? "was installed already" : "is installed";
        this.show(installed, `Factorio ${installed.version} ${word}`);
      } finally {
        progress.end();
      }
    });
  }
}

export class FactorioListCommand extends FactorioCommand {
  static override paths = [["factorio", "list"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "the installed versions, and who uses them",
    details: EXITS,
    examples: [["", "$0 factorio list --dir ./attic"]],
  });
  override async execute(): Promise<number> {
    return runDaemon(async () => {
      this.checkFormat();
      const { dir, installs } = await this.place();
      const users = await usersIn(dir);
      const known = await installs.channels();
      const rows = (await installs.list()).map(({ version }) => ({
        version,
        channels: CHANNELS.filter((channel) => known[channel] === version),
        usedBy: usersOf(version, users),
      }));
      if (this.json) for (const row of rows) this.show(row, "");
      else if (rows.length === 0)
        process.stderr.write("nothing is installed: clusterio-bridge factorio install stable\n");
      else for (const line of tableLines(rows, COLUMNS)) process.stdout.write(`${line}\n`);
    });
  }
}

export class FactorioRemoveCommand extends FactorioCommand {
  static override paths = [["factorio", "remove"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "remove an installed version that nobody uses",
    details: EXITS,
    examples: [["", "$0 factorio remove 2.0.28 --dir ./attic"]],
  });
  version = Option.String({ name: "version" });
  override async execute(): Promise<number> {
    return runDaemon(async () => {
      this.checkFormat();
      const { dir, installs } = await this.place();
      const usedBy = usersOf(this.version, await usersIn(dir));
      if (usedBy.length > 0)
        throw refused(
          `Factorio ${this.version} is used by ${usedBy.join(", ")}: stop what runs it, or set another version`,
        );
      await installs.remove(this.version);
      this.show({ removed: this.version }, `Factorio ${this.version} is removed`);
    });
  }
}

export const FACTORIO_COMMANDS = [FactorioInstallCommand, FactorioListCommand, FactorioRemoveCommand] as const;
