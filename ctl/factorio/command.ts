import { Command, Option } from "clipanion";
import { z } from "zod";
import { nodeClock } from "#core/adapters/node-clock";
import { badInput, ClusterioError, type ErrorCode, EXIT_CODES, unavailable } from "#core/errors";
import { type FactorioJob, type FactorioView, factorioJob } from "#core/events/command";
import { parsePin } from "#core/game-version";
import { type SlaveId, slaveId } from "#core/ids";
import { pause } from "#core/ports/clock";
import type { Column } from "#core/terminal/table";
import type { Output } from "#ctl/audit/output";
import type { ClusterClient } from "#ctl/client/client";
import { AS_USER, UserCommand } from "#ctl/client/user-command";
import { bringArchive, listing, shaped } from "#ctl/factorio/bring";
import type { Prints } from "#ctl/printed/all";
import { TransferProgress } from "#ctl/save/progress";

const CATEGORY = "Factorio";
const SOURCE = `${AS_USER}
      Exit codes: 0; 2 bad arguments, or what was found is no Factorio; 3 the slave is away, or the version cannot be had; 4 refused:
      the sum is another one, or the version is used.
`;

/** How often a slave is asked how far it is. */
const ASK_MS = 500;
/** A slave that does not answer that often in a row is away; its install goes on without us. */
const SILENT_MAX = 5;

const FACTORIO_COLUMNS: readonly Column<FactorioView>[] = [
  { head: "VERSION", of: ({ version }) => version },
  { head: "CHANNELS", of: ({ channels }) => channels.join(",") || "-" },
  { head: "USED BY", of: ({ usedBy }) => usedBy.join(",") || "-" },
];

abstract class FactorioCommand extends UserCommand {
  slave = Option.String("--slave", { required: true, description: "The slave on whose machine." });
}

const job = z.union([factorioJob, z.object({}).strict()]);
const isJob = (told: z.infer<typeof job>): told is FactorioJob => "phase" in told;

/** Follows an install to its end. */
const followed = async (
  client: ClusterClient,
  slave: SlaveId,
  wanted: string,
  output: Output,
): Promise<FactorioJob> => {
  let phase = "";
  let progress: TransferProgress | undefined;
  let silent = 0;
  try {
    for (;;) {
      const told = await client.slave(slave, "factorio-status", {}).catch((error: unknown) => {
        if (++silent >= SILENT_MAX) throw error;
        return undefined;
      });
      if (told !== undefined) {
        silent = 0;
        const now = shaped(job, told);
        if (!isJob(now) || now.wanted !== wanted)
          throw unavailable(
            `${slave} knows nothing of this install any more: was it restarted? Order it again, it goes on`,
          );
        if (now.phase === "done") return now;
        if (now.phase === "failed") throw new ClusterioError(codeOf(now.code), now.message ?? "it failed");
        if (now.phase !== phase) {
          progress?.end();
          progress = undefined;
          phase = now.phase;
          process.stderr.write(`${slave}: ${phase} Factorio ${now.version || wanted}\n`);
        }
        if (now.total !== undefined) {
          progress ??= new TransferProgress(`${phase} Factorio ${now.version || wanted}`, now.total);
          progress.update(now.done);
        }
      }
      await pause(nodeClock, ASK_MS, output.signal);
      if (output.signal.aborted)
        throw unavailable(`${slave} goes on installing: clusterio factorio list --slave ${slave}`);
    }
  } finally {
    progress?.end();
  }
};

const codeOf = (code: string | undefined): ErrorCode =>
  code !== undefined && Object.hasOwn(EXIT_CODES, code) ? (code as ErrorCode) : "unavailable";

const ordered = async (client: ClusterClient, slave: SlaveId, version: string): Promise<FactorioJob> =>
  shaped(factorioJob, await client.slave(slave, "factorio-install", { version }));

export class FactorioInstallCommand extends FactorioCommand {
  static override paths = [["factorio", "install"]];
  static values = { "--from": "FILE", "--sha256": "SUM" };
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "install a version of the headless server on a slave, beside the others",
    details: `
      The slave downloads what the vendor publishes, verifies its SHA-256 and puts it in place in one step; a download that broke
      goes on where it ended. It goes on when this command is left.

      With --from an archive of this machine (tar.xz, tar.gz) is brought to the slave, in pieces: for one without a way to the
      vendor. What broke off goes on where it ended when the command is given again, for a day. The slave proves its sum, and
      that it holds the version that is named; it may be left out. It runs what is in the archive, so this is a right of its own
      (\`slave.factorio-upload\`), which no role but admin begins with.
      ${SOURCE}`,
    examples: [
      ["The newest stable one", "$0 factorio install stable --slave attic"],
      [
        "A file of this machine",
        "$0 factorio install 2.0.76 --slave attic --from ./factorio-headless_linux_2.0.76.tar.xz",
      ],
    ],
  });
  version = Option.String({ name: "version", required: false });
  from = Option.String("--from", { description: "An archive of the game on this machine." });
  sha256 = Option.String("--sha256", { description: "With --from: the sum that it must have." });

  override async execute(): Promise<number> {
    return this.run(() => {
      const slave = slaveId(this.slave);
      const { from, version } = this;
      this.#check();
      return async (client, output) => {
        const must = { version, sum: this.sha256?.toLowerCase() };
        const begun = await (from === undefined
          ? ordered(client, slave, version ?? "")
          : bringArchive({ client, slave, output }, from, must));
        const done = begun.phase === "done" ? begun : await followed(client, slave, begun.wanted, output);
        const result = { slave, version: done.version ?? version ?? "", there: done.there ?? false };
        this.show(output, result satisfies Prints<"factorio install">, (told) => [
          `Factorio ${told.version} ${told.there ? "was installed already" : "is installed"} on ${told.slave}`,
        ]);
      };
    });
  }

  #check(): void {
    const { version, from, sha256 } = this;
    if (version === undefined && from === undefined)
      throw badInput("give a version (2.0.76, 2.0, stable, experimental), or an archive with --from");
    if (version !== undefined) {
      const { kind } = parsePin(version);
      if (from !== undefined && kind !== "exact")
        throw badInput(`an archive holds one version: give it exactly (2.0.76), or leave ${version} out`);
    }
    if (sha256 !== undefined && (from === undefined || !/^[0-9a-fA-F]{64}$/.test(sha256)))
      throw badInput("--sha256 goes with --from and has 64 hexadecimal digits");
  }
}

export class FactorioListCommand extends FactorioCommand {
  static override paths = [["factorio", "list"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "the versions that are installed on a slave, and who uses them",
    details: SOURCE,
    examples: [["", "$0 factorio list --slave attic"]],
  });

  override async execute(): Promise<number> {
    return this.run(() => {
      const slave = slaveId(this.slave);
      return async (client, output) => {
        const { installs } = shaped(listing, await client.slave(slave, "factorio-list", {}));
        this.list(
          output,
          installs satisfies readonly Prints<"factorio list">[],
          FACTORIO_COLUMNS,
          `nothing is installed on ${slave}: clusterio factorio install stable`,
        );
      };
    });
  }
}

export class FactorioRemoveCommand extends FactorioCommand {
  static override paths = [["factorio", "remove"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "remove an installed version that no instance of a slave uses",
    details: SOURCE,
    examples: [["", "$0 factorio remove 2.0.28 --slave attic"]],
  });
  version = Option.String({ name: "version" });

  override async execute(): Promise<number> {
    return this.run(() => {
      const slave = slaveId(this.slave);
      return async (client, output) => {
        await client.slave(slave, "factorio-remove", { version: this.version });
        this.show(output, { slave, removed: this.version } satisfies Prints<"factorio remove">, (done) => [
          `Factorio ${done.removed} is removed from ${done.slave}`,
        ]);
      };
    });
  }
}

export const FACTORIO_COMMANDS = [FactorioInstallCommand, FactorioListCommand, FactorioRemoveCommand] as const;
