import type { FilesCommand } from "#bridge/commands";
import type { InstanceRunner } from "#bridge/instance/runner";
import { ModDesk } from "#bridge/mods/desk";
import type { BridgeContext } from "#bridge/ports";
import { type Answer, SaveDesk } from "#bridge/saves/desk";
import { Moving, type MovingHost } from "#bridge/saves/moving";
import { decodeText } from "#core/events/codec";
import type { InstanceId } from "#core/ids";
import type { BusMessage } from "#core/ports/bus";
import type { SlaveCommandSubject } from "#core/subjects";
import { splitFrame } from "#core/transfer/frame";

/** What a bridge answers about instances' files. */

/** Parts are looked at this often; they live for a day. */
export const CLEAN_MS = 3_600_000;
/** Characters of what was asked that the audit keeps. */
const ASKED_CHARACTERS_MAX = 1_000;

const FRAMED = new Set(["save-read", "save-write", "mod-read", "mod-write", "move", "factorio-upload"]);
const PIECES = new Set(["put", "read"]);

/** Requests that may have bytes behind their JSON. */
export const isFramed = (verb: string): boolean => FRAMED.has(verb);

/**
 * What the audit says was asked, or undefined for one piece of a transfer: of that its beginning and its end stand there. Parsed
 * as it will be carried out: two keys of one name must not make one thing look like another.
 */
export const askedOf = (
  { data }: BusMessage,
  { verb }: SlaveCommandSubject,
): { readonly message?: string } | undefined => {
  if (!isFramed(verb)) return {};
  try {
    const text = decodeText(splitFrame(data).head);
    const value: unknown = JSON.parse(text);
    const isPiece = typeof value === "object" && value !== null && "op" in value && PIECES.has(String(value.op));
    return isPiece ? undefined : { message: text.slice(0, ASKED_CHARACTERS_MAX) };
  } catch {
    return {};
  }
};

export class FileService {
  readonly #modDesks = new Map<InstanceId, { readonly runner: InstanceRunner; readonly desk: ModDesk }>();
  readonly #desks = new Map<InstanceId, { readonly runner: InstanceRunner; readonly desk: SaveDesk }>();

  #moving: Moving | undefined;

  constructor(
    private readonly context: BridgeContext,
    private readonly host: MovingHost,
  ) {}

  get moving(): Moving {
    this.#moving ??= new Moving(this.context, this.host);
    return this.#moving;
  }

  async answer(instance: InstanceId, command: FilesCommand, body: Uint8Array | undefined): Promise<Answer> {
    switch (command.verb) {
      case "save-read":
        return this.#desk(await this.host.assigned(instance)).read(command.data);
      case "save-write":
        return this.#desk(await this.host.assigned(instance)).write(command.data, body);
      case "mod-read":
        return { ok: await this.#mods(await this.host.assigned(instance)).read(command.data) };
      case "mod-write":
        return { ok: await this.#mods(await this.host.assigned(instance)).write(command.data, body) };
      case "move":
        return this.moving.answer(instance, command.data, body);
    }
  }

  /** What nobody goes on with is removed. */
  async clean(runners: Iterable<InstanceRunner>): Promise<void> {
    if (this.context.ports.vault === undefined) return;
    await this.moving.clean();
    for (const runner of runners) await this.#desk(runner).clean();
  }

  #mods(runner: InstanceRunner): ModDesk {
    const known = this.#modDesks.get(runner.instance);
    if (known?.runner === runner) return known.desk;
    const desk = new ModDesk(this.context, runner);
    this.#modDesks.set(runner.instance, { runner, desk });
    return desk;
  }

  #desk(runner: InstanceRunner): SaveDesk {
    const known = this.#desks.get(runner.instance);
    if (known?.runner === runner) return known.desk;
    const desk = new SaveDesk(this.context, runner);
    this.#desks.set(runner.instance, { runner, desk });
    return desk;
  }
}
