import { Command, Option } from "clipanion";
import { badInput } from "#core/errors";
import { slaveId } from "#core/ids";
import { sizeText } from "#core/terminal/size";
import { AS_USER } from "#ctl/client/user-command";
import { instanceNamed } from "#ctl/instance/named";
import { Move, type Moved } from "#ctl/move/move";
import type { Prints } from "#ctl/printed/all";
import { FilesCommand } from "#ctl/save/base";

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const movedLines = ({ instance, from, to, files, bytes, running, kept, already }: Moved): string[] => {
  if (already) return [`${instance} is on ${to} already`];
  const took = files === 0 ? "" : `, with ${files} files (${sizeText(bytes)})`;
  const lines = [`${instance} is on ${to}${took}; it ${running ? "runs and is linked" : "is stopped, as it was"}`];
  if (kept !== null) lines.push(`${from} keeps what it had in ${kept} for 14 days`);
  return lines;
};

export class InstanceMoveCommand extends FilesCommand {
  static override paths = [["instance", "move"]];
  static values = { "--to": "SLAVE" };
  static override usage = Command.Usage({
    category: "Instances",
    description: "take an instance to another slave: saves, mods, lists and its world's identity",
    details: `
      Stops it in order, carries its files through this process, has them verified at the other end, assigns it, and starts it
      there if it ran. Storage does not notice. Until the target has all of it and is linked, the source keeps everything; then
      it sets its folder aside for 14 days, or removes it with --delete-source.

      Interrupted anywhere, by whatever: the same command goes on. Meanwhile nothing starts the instance at the source; --abort
      gives it back to the source, as long as it was not assigned.
      ${AS_USER}
      Exit codes: 0, also when it is there already; 2 bad arguments, or there is no such instance; 3 a bridge or the master is
      away, a disk is full, or interrupted: repeat it; 4 refused: it is on its way elsewhere, or may not be moved.
    `,
    examples: [
      ["", "$0 instance move north --to attic"],
      ["And let go of what the old slave has", "$0 instance move north --to attic --delete-source"],
      ["It shall stay after all", "$0 instance move north --to attic --abort"],
    ],
  });

  instance = Option.String({ name: "instance" });
  to = Option.String("--to", { required: true, description: "The slave that it goes to." });
  deleteSource = Option.Boolean("--delete-source", false, { description: "The old slave keeps nothing." });
  abort = Option.Boolean("--abort", false, { description: "End a move that was begun: it stays where it is." });

  override async execute(): Promise<number> {
    return this.runFiles(() => {
      const to = slaveId(this.to);
      return async (saves) => {
        const found = instanceNamed(await saves.client.instances(), this.instance);
        const move = new Move(saves, { instance: found.instance, to, deleteSource: this.deleteSource }, say);
        if (this.abort) {
          if (found.slave === "") throw badInput(`${found.instance} belongs to no slave: there is nothing to end`);
          await move.abort(found.slave);
          this.show(
            saves.output,
            { instance: found.instance, aborted: true, on: found.slave } satisfies Prints<"instance move">,
            ({ on }) => [`${found.instance} stays on ${on}`],
          );
          return;
        }
        this.show(saves.output, (await move.run(found.slave)) satisfies Prints<"instance move">, movedLines);
      };
    });
  }
}

export const MOVE_COMMANDS = [InstanceMoveCommand] as const;
