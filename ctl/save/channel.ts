import type { z } from "zod";
import { unavailable } from "#core/errors";
import type { BridgeCommand, bridgeCommands } from "#core/events/command";
import { type ModChanged, type ModView, modChanged, modsAnswer } from "#core/events/mods";
import {
  type Area,
  beginAnswer,
  type FinishAnswer,
  finishAnswer,
  type OpenAnswer,
  openAnswer,
  type SaveView,
  savesAnswer,
} from "#core/events/saves";
import type { Source, Target } from "#core/transfer/relay";
import type { ClusterClient } from "#ctl/client/client";
import type { Address } from "#ctl/save/where";

/** What is asked of one bridge about one instance's files, each answer proved. */

/** A large file is read through for its sum, and a large save for its content: a minute for 4 GB on a slow disk, twice. */
const THOROUGH_MS_MAX = 120_000;
const PIECE_MS_MAX = 30_000;

type Verb = Extract<BridgeCommand, "save-read" | "save-write" | "mod-read" | "mod-write" | "move">;

export class FileChannel {
  constructor(
    private readonly client: ClusterClient,
    readonly address: Address,
  ) {}

  /** @throws ClusterioError as the bridge says, `unavailable` for an answer of another shape. */
  async ask<V extends Verb, T>(
    verb: V,
    request: z.input<(typeof bridgeCommands)[V]>,
    shape: z.ZodType<T>,
    timeoutMs = THOROUGH_MS_MAX,
  ): Promise<T> {
    const { ok } = await this.client.exchange(this.address, verb, { request, timeoutMs });
    const result = shape.safeParse(ok);
    if (result.success) return result.data;
    throw unavailable(`${this.address.slave} answers "${verb}" in another shape: is it another version?`);
  }

  saves(): Promise<{ saves: SaveView[]; state: string }> {
    return this.ask("save-read", { op: "list" }, savesAnswer, PIECE_MS_MAX);
  }

  open(path: string): Promise<OpenAnswer> {
    return this.ask("save-read", { op: "open", path }, openAnswer);
  }

  source({ file: path, bytes, writtenAt }: OpenAnswer): Source {
    return this.#source(
      "save-read",
      (offset, length) => ({ op: "read", path, offset, length, bytes, writtenAt }),
      bytes,
    );
  }

  movedSource(area: Area, { file: path, bytes, writtenAt }: OpenAnswer): Source {
    return this.#source(
      "move",
      (offset, length) => ({ op: "read", area, path, offset, length, bytes, writtenAt }),
      bytes,
    );
  }

  #source<V extends Verb>(
    verb: V,
    request: (offset: number, length: number) => z.input<(typeof bridgeCommands)[V]>,
    bytes: number,
  ): Source {
    return {
      bytes,
      read: async (offset, length) => {
        const options = { request: request(offset, length), timeoutMs: PIECE_MS_MAX };
        const { body } = await this.client.exchange(this.address, verb, options);
        if (body?.length !== length)
          throw unavailable(`${this.address.slave} sent ${body?.length ?? 0} bytes, not ${length}`);
        return body;
      },
    };
  }

  target(file: { path: string; bytes: number; sha256: string; replace?: boolean }): Target<FinishAnswer> {
    return this.#target("save-write", { op: "begin", ...file }, { op: "finish", ...file }, finishAnswer, file.sha256);
  }

  mods(): Promise<{ mods: ModView[]; running: boolean }> {
    return this.ask("mod-read", { op: "list" }, modsAnswer, PIECE_MS_MAX);
  }

  modTarget(file: { path: string; bytes: number; sha256: string; replace?: boolean }): Target<ModChanged> {
    return this.#target("mod-write", { op: "begin", ...file }, { op: "finish", ...file }, modChanged, file.sha256);
  }

  movedTarget(file: { area: Area; path: string; bytes: number; sha256: string }): Target<unknown> {
    return this.#target("move", { op: "begin", ...file }, { op: "finish", ...file }, beginAnswer, file.sha256);
  }

  #target<V extends "save-write" | "mod-write" | "move", T>(
    verb: V,
    begin: z.input<(typeof bridgeCommands)[V]>,
    finish: z.input<(typeof bridgeCommands)[V]>,
    shape: z.ZodType<T>,
    sha256: string,
  ): Target<T> {
    return {
      begin: async () => (await this.ask(verb, begin, beginAnswer, PIECE_MS_MAX)).offset,
      put: async (offset, body) => {
        // These verbs take a piece in the same shape; TypeScript does not see it through the index.
        const request = { op: "put", sha256, offset } as unknown as z.input<(typeof bridgeCommands)[V]>;
        await this.client.exchange(this.address, verb, { request, body, timeoutMs: PIECE_MS_MAX });
      },
      finish: () => this.ask(verb, finish, shape),
    };
  }
}
