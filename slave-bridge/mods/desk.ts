import { basename } from "node:path/posix";
import type { z } from "zod";
import { filesRefused, startRefused } from "#bridge/attached/care";
import { guarded } from "#bridge/attached/guarded";
import type { ModSource } from "#bridge/game/port";
import { chosenGame } from "#bridge/instance/launch";
import type { InstanceRunner } from "#bridge/instance/runner";
import { enabledIn, wantedBytes, wantedIn } from "#bridge/mods/mod-list";
import type { BridgeContext } from "#bridge/ports";
import { vaultOf } from "#bridge/saves/desk";
import { Incoming } from "#bridge/saves/incoming";
import { badInput, isClusterioError, refused } from "#core/errors";
import { MOD_BYTES_MAX, type ModChanged, type ModView, type modRead, type modWrite } from "#core/events/mods";
import { BUILT_IN, type ModInfo, modProblems } from "#core/mods/info";

/**
 * One instance's mods, for operators: listed with what is wrong with them, brought, removed, enabled, disabled.
 *
 * MD1 everything takes effect at the next start: a running game has read its mods, and writes its own list when it ends, so what is
 *     wanted stands beside that list until a start puts it in.
 * MD2 a mod is in its place whole or not at all, under the name that its info.json says.
 * MD3 the cluster's mod is always there, enabled, at the bridge's version.
 */
type Write = z.output<typeof modWrite>;

interface Found extends ModSource {
  readonly info: ModInfo | undefined;
}

export class ModDesk {
  readonly #incoming: Incoming;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly context: BridgeContext,
    private readonly runner: Pick<InstanceRunner, "instance" | "paths" | "record" | "phase" | "attached">,
  ) {
    this.#incoming = new Incoming(vaultOf(context), `${runner.paths.folder}/incoming`, MOD_BYTES_MAX);
  }

  async read(_ask: z.output<typeof modRead>): Promise<unknown> {
    const { attached, instance } = this.runner;
    if (attached !== undefined && attached.writeData === undefined) throw filesRefused(instance, attached);
    const list = () => this.#list();
    return { mods: await (attached === undefined ? list() : guarded(list)), running: this.#running };
  }

  async write(ask: Write, body: Uint8Array | undefined): Promise<unknown> {
    const { attached, instance } = this.runner;
    if (attached !== undefined) throw startRefused(instance, attached, "its mods are changed where it runs");
    switch (ask.op) {
      case "begin":
        return { offset: await this.#incoming.begin(ask), done: false };
      case "put":
        return { offset: await this.#incoming.put(ask.sha256, ask.offset, body ?? new Uint8Array()) };
      case "finish":
        return this.#inTurn(() => this.#finish(ask));
      case "enable":
        return this.#inTurn(() => this.#set(ask.name, true));
      case "disable":
        return this.#inTurn(() => this.#set(ask.name, false));
      case "remove":
        return this.#inTurn(() => this.#remove(ask.name));
    }
  }

  get #running(): boolean {
    return this.runner.phase !== "stopped" && this.runner.phase !== "failed";
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work, work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** What is in the folder; a file that is no mod is not one. */
  async #found(): Promise<Found[]> {
    const { game } = this.context.ports;
    const there = await game.mods(this.runner.paths.mods).catch(() => []);
    return Promise.all(
      there.map(async (mod) => {
        const info = await game.modInfo(mod.path).catch((error: unknown) => {
          if (!isClusterioError(error)) throw error;
          return undefined;
        });
        return { ...mod, info };
      }),
    );
  }

  async #enabled(): Promise<Map<string, boolean>> {
    const { disk } = this.context.ports;
    const enabled = enabledIn(await disk.read(this.runner.paths.modList));
    for (const [name, on] of wantedIn(await disk.read(this.runner.paths.modsWanted))) enabled.set(name, on);
    return enabled;
  }

  async #list(): Promise<ModView[]> {
    const chosen = await this.#game();
    const ours = new Set(chosen.mods.map(({ name }) => name));
    const enabled = await this.#enabled();
    const found = await this.#found();
    // Ours are put in at the next start, whatever is there now.
    const isOn = (name: string) => ours.has(name) || enabled.get(name) !== false;
    const placed = found.flatMap(({ name, info }) => (info === undefined ? [] : [{ info, enabled: isOn(name) }]));
    const problems = modProblems(placed, chosen.version);
    const views = found.map(({ name, version, info }): ModView => {
      const wrong = info === undefined ? ["its info.json cannot be read"] : (problems.get(name) ?? []);
      return {
        name,
        version,
        enabled: isOn(name),
        ...(ours.has(name) ? { ours: true as const } : {}),
        ...(wrong.length === 0 ? {} : { problems: [...wrong] }),
      };
    });
    const known = new Set(found.map(({ name }) => name));
    const listed = [...enabled]
      .filter(([name]) => !known.has(name))
      .map(
        ([name, on]): ModView => ({
          name,
          enabled: on,
          ...(BUILT_IN.includes(name) ? { builtIn: true as const } : { problems: ["there is no file of it"] }),
        }),
      );
    return [...views, ...listed].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  /** An instance whose pinned game is missing has mods all the same. */
  async #game() {
    const { settings } = this.context;
    const chosen = await chosenGame(this.context, this.runner.paths, this.runner.record).catch((error: unknown) => {
      if (!isClusterioError(error)) throw error;
      return settings;
    });
    return { mods: chosen.mods, version: chosen.install.version };
  }

  /** MD3 */
  async #refuseOurs(name: string): Promise<void> {
    const { mods } = await this.#game();
    if (mods.some((mod) => mod.name === name))
      throw refused(`${name} is put in by the bridge at each start: it cannot be removed, replaced or disabled`);
  }

  async #changed(name: string): Promise<ModChanged> {
    const list = await this.#list();
    const mod = list.findLast((one) => one.name === name) ?? { name, enabled: false };
    return { mod, running: this.#running };
  }

  /** MD1 */
  async #want(name: string, on: boolean | undefined): Promise<void> {
    const { disk } = this.context.ports;
    const wanted = wantedIn(await disk.read(this.runner.paths.modsWanted));
    if (on === undefined) wanted.delete(name);
    else wanted.set(name, on);
    await disk.write(this.runner.paths.modsWanted, wantedBytes(wanted));
  }

  async #set(name: string, on: boolean): Promise<ModChanged> {
    await this.#refuseOurs(name);
    const list = await this.#list();
    if (!BUILT_IN.includes(name) && !list.some((mod) => mod.name === name)) throw this.#noSuch(name, list);
    if (name === "base" && !on) throw refused("base is the game itself: it cannot be disabled");
    await this.#want(name, on);
    return this.#changed(name);
  }

  #noSuch(name: string, list: readonly ModView[]) {
    const names = list.filter(({ builtIn }) => builtIn === undefined).map((mod) => mod.name);
    return badInput(
      `${this.runner.instance} has no mod "${name.slice(0, 80)}"; there are ${names.join(", ") || "none"}`,
    );
  }

  async #remove(name: string): Promise<ModChanged> {
    await this.#refuseOurs(name);
    const files = (await this.#found()).filter((mod) => mod.name === name);
    const list = await this.#list();
    if (files.length === 0 && !list.some((mod) => mod.name === name && mod.builtIn === undefined))
      throw this.#noSuch(name, list);
    for (const { path } of files) await this.context.ports.game.remove(path);
    // Until a start takes it off the list.
    await this.#want(name, false);
    return { mod: { name, enabled: false }, running: this.#running };
  }

  /** MD2 */
  #finish(ask: Write & { op: "finish" }): Promise<ModChanged> {
    const vault = vaultOf(this.context);
    return this.#incoming.finish(ask, async (part) => {
      let info: ModInfo;
      try {
        info = await this.context.ports.game.modInfo(part, basename(ask.path));
        await this.#refuseOurs(info.name);
        if (BUILT_IN.includes(info.name)) throw refused(`${info.name} comes with the game`);
      } catch (error) {
        await vault.remove(part);
        throw error;
      }
      const at = `${this.runner.paths.mods}/${info.name}_${info.version}.zip`;
      if (ask.replace !== true && (await vault.stat(at)) !== undefined)
        throw refused(`${info.name} ${info.version} is there already: say --replace to put this one in its place`);
      await vault.place(part, at);
      await this.#want(info.name, true);
      return this.#changed(info.name);
    });
  }
}
