import type {
  Game,
  ModSource,
  ProcessExit,
  ProcessId,
  ProcessLimits,
  RconConnection,
  SaveFile,
} from "#bridge/game/port";
import { type FakeSave, FakeWorld, newSave } from "#bridge/test/fake-world";
import { badInput, refused, unavailable } from "#core/errors";
import type { Clock } from "#core/ports/clock";
import type { Disk } from "#core/ports/disk";

const FAKE_MODS = "/mods-dist";

interface FakeProcess {
  readonly id: ProcessId;
  readonly args: readonly string[];
  readonly output: string;
  readonly watchers: Set<(exit: ProcessExit) => void>;
  readonly connections: Set<() => void>;
  readonly world?: FakeWorld;
  /** The save that it runs on, and writes when it ends in order. */
  readonly file: string;
  exit?: ProcessExit;
}

export interface FakeServer {
  readonly password: string;
  readonly world: FakeWorld;
  /** Its write-data. */
  readonly folder?: string;
  /** Its own commands; undefined for those that are not its own. */
  readonly console?: (line: string) => Promise<string | undefined>;
  drop?: () => void;
}

interface StoredSave {
  readonly content: FakeSave;
  readonly writtenAt: number;
  readonly opens: boolean;
  /** The zip is whole, and the game cannot read what is in it. */
  readonly spoiled?: boolean;
}

const argOf = (args: readonly string[], flag: string): string => args[args.indexOf(flag) + 1] ?? "";

/** One machine's games: processes that outlive bridges, saves, RCON. Time is the clock's; everything else is at once. */
export class FakeMachine {
  readonly processes = new Map<number, FakeProcess>();
  readonly saves = new Map<string, StoredSave>();
  readonly consoles = new Map<string, string[]>();
  readonly followers = new Set<{ path: string; onLine: (line: string) => void }>();
  readonly locks = new Set<string>();
  /** Servers that no bridge runs, by `host:port`. */
  readonly servers = new Map<string, FakeServer>();
  /** When set, a start prints this and ends with code 1. */
  breaks: string | undefined;
  /** Ports that somebody else has, or that need a right. */
  readonly ports = new Map<number, "in-use" | "no-right">();
  /** Games ignore SIGTERM. */
  deaf = false;
  mods: ModSource[] = [{ name: "clusterio", version: "0.1.0", path: `${FAKE_MODS}/clusterio_0.1.0.zip` }];
  /** By path: which game wrote a save, where it tells. */
  readonly saveVersions = new Map<string, string>();
  /** A game's own commands, by the folder that it runs in; undefined for those that are not its own. */
  console: ((line: string, folder: string) => Promise<string | undefined>) | undefined;
  spawned = 0;
  /** Of each process that was started. */
  readonly limits: (ProcessLimits | undefined)[] = [];
  /** For each server started: was its record on disk by then? */
  readonly recorded: boolean[] = [];
  #pids = 100;
  #ports = 40_000;

  constructor(
    readonly clock: Clock,
    readonly disk: Disk,
  ) {}

  get alive(): FakeProcess[] {
    return [...this.processes.values()].filter(({ exit }) => exit === undefined);
  }

  /** The running world of an instance. */
  world(instance: string): FakeWorld {
    const process = this.alive.find(({ args }) => argOf(args, "--config").includes(`/${instance}/`));
    if (process?.world === undefined) throw new Error(`${instance} does not run`);
    return process.world;
  }

  writeSave(path: string, content: FakeSave, opens = true): void {
    this.saves.set(path, { content: structuredClone(content), writtenAt: this.clock.now(), opens });
  }

  /** What is in the save cannot be loaded any more. */
  spoil(path: string): void {
    const save = this.saves.get(path);
    if (save === undefined) throw new Error(`there is no ${path}`);
    this.saves.set(path, { ...save, spoiled: true });
  }

  /** Report lines that worlds have written reach who follows their files. */
  flush(): void {
    for (const { args, world } of this.alive) {
      const folder = argOf(args, "--config").replace(/config\.ini$/, "script-output");
      for (const { file, line } of world?.lines.splice(0) ?? []) this.print(`${folder}/${file}`, line);
    }
  }

  print(path: string, line: string): void {
    this.consoles.set(path, [...(this.consoles.get(path) ?? []), line]);
    for (const follower of [...this.followers]) if (follower.path === path) follower.onLine(line);
  }

  end(pid: number, exit: ProcessExit): void {
    const process = this.processes.get(pid);
    if (process === undefined || process.exit !== undefined) return;
    process.exit = exit;
    for (const drop of [...process.connections]) drop();
    for (const watcher of [...process.watchers]) watcher(exit);
  }

  /** The port, for one bridge. A bridge that is "killed" just stops using it. */
  game(): Game {
    return {
      spawn: async ({ args, output, cwd, limits }) => {
        this.limits.push(limits);
        if (args.includes("--start-server"))
          this.recorded.push((await this.disk.read(`${cwd}/server.json`)) !== undefined);
        return this.#spawn(args, output);
      },
      watch: (id, onExit) => {
        const process = this.processes.get(id.pid);
        if (process === undefined || process.exit !== undefined) {
          queueMicrotask(() => onExit(process?.exit ?? {}));
          return () => {};
        }
        process.watchers.add(onExit);
        return () => void process.watchers.delete(onExit);
      },
      signal: (id, signal) => this.#signal(id, signal),
      find: async (argument) => this.alive.filter(({ args }) => args.includes(argument)).map(({ id }) => id),
      saves: async (folder) => this.#savesIn(folder),
      move: async (from, to) => {
        for (const [path, save] of [...this.saves]) {
          if (path !== from && !path.startsWith(`${from}/`)) continue;
          this.saves.delete(path);
          this.saves.set(to + path.slice(from.length), save);
        }
        for (const name of await this.disk.list(from)) {
          const bytes = await this.disk.read(`${from}/${name}`);
          if (bytes !== undefined) await this.disk.write(`${to}/${name}`, bytes);
          await this.disk.remove(`${from}/${name}`);
        }
      },
      copy: async (from, to) => {
        const save = this.saves.get(from);
        if (save !== undefined) this.saves.set(to, { ...save, writtenAt: this.clock.now() });
      },
      trim: async () => {},
      saveVersion: async (path) => this.saveVersions.get(path),
      remove: async (path) => {
        this.saves.delete(path);
        this.consoles.delete(path);
      },
      modInfo: async (path) => {
        const mod = this.mods.find((one) => one.path === path);
        if (mod === undefined) throw unavailable(`${path} is not there`);
        const { name, version } = mod;
        return { name, version, factorio_version: "2.1", dependencies: [] };
      },
      mods: async (folder) => (folder === FAKE_MODS ? this.mods : []),
      lastLines: async (path, count) => (this.consoles.get(path) ?? []).slice(-count),
      bound: async (path, bytesMax) => {
        if (bytesMax === 0) this.consoles.delete(path);
      },
      follow: (path, from, onLine) => {
        const follower = { path, onLine };
        if (from === "start") for (const line of this.consoles.get(path) ?? []) onLine(line);
        this.followers.add(follower);
        return () => void this.followers.delete(follower);
      },
      lock: async (path) => {
        if (this.locks.has(path)) throw refused(`${path} is held by another process`);
        this.locks.add(path);
        return async () => void this.locks.delete(path);
      },
      portState: async (_kind, _address, port) => this.ports.get(port) ?? "free",
      mayBindLow: async () => false,
      freePorts: async () => ({ game: this.#ports++, rcon: this.#ports++ }),
      connectRcon: async ({ host, port, password }, onClosed) =>
        host === undefined
          ? this.#connect(port, password, onClosed)
          : this.#connectElsewhere(`${host}:${port}`, password, onClosed),
    };
  }

  #spawn(args: readonly string[], output: string): ProcessId {
    const pid = this.#pids++;
    const id = { pid, started: `fake:${pid}` };
    this.spawned++;
    const file = argOf(args, args.includes("--create") ? "--create" : "--start-server");
    const base = {
      id,
      args,
      output,
      file,
      watchers: new Set<(exit: ProcessExit) => void>(),
      connections: new Set<() => void>(),
    };
    const save = this.saves.get(file);
    const world = save === undefined || args.includes("--create") ? undefined : new FakeWorld(save.content);
    this.processes.set(pid, world === undefined ? base : { ...base, world });
    if (this.breaks !== undefined) {
      this.print(output, this.breaks);
      this.end(pid, { code: 1 });
    } else if (save?.spoiled === true) {
      this.print(output, "   0.400 Error X.cpp:1: Couldn't load map: unexpected end of stream");
      this.end(pid, { code: 1 });
    } else if (args.includes("--create")) {
      this.writeSave(file, newSave(Number(argOf(args, "--map-gen-seed"))));
      this.end(pid, { code: 0 });
    } else {
      this.print(output, "   0.567 Info X.cpp:1: updateTick(0) changing state from(CreatingGame) to(InGame)");
    }
    return id;
  }

  #signal({ pid }: ProcessId, signal: "SIGTERM" | "SIGKILL"): void {
    const process = this.processes.get(pid);
    if (process === undefined || process.exit !== undefined) return;
    if (signal === "SIGKILL") return this.end(pid, { signal });
    if (this.deaf) return;
    if (process.world !== undefined) this.writeSave(process.file, process.world.save());
    this.end(pid, { code: 0 });
  }

  #savesIn(folder: string): SaveFile[] {
    return [...this.saves]
      .filter(([path]) => path.startsWith(`${folder}/`) && !path.slice(folder.length + 1).includes("/"))
      .map(([path, { writtenAt, opens }]) => ({ name: path.slice(folder.length + 1), writtenAt, opens }));
  }

  #connectElsewhere(address: string, password: string, onClosed: () => void): RconConnection {
    const server = this.servers.get(address);
    if (server === undefined) throw unavailable("nobody listens");
    if (server.password !== password) throw badInput(`wrong password ${password}`);
    let open = true;
    const drop = () => {
      if (open) queueMicrotask(onClosed);
      open = false;
    };
    server.drop = drop;
    const send = async (command: string) => {
      if (!open) throw unavailable("the connection is gone");
      const said = await server.console?.(command);
      if (said !== undefined) return said;
      if (server.folder !== undefined && command.startsWith("/server-save "))
        this.writeSave(`${server.folder}/saves/${command.split(" ")[1]}.zip`, server.world.save());
      return server.world.command(command);
    };
    return { close: drop, send };
  }

  #connect(port: number, password: string, onClosed: () => void): RconConnection {
    const process = this.alive.find(({ args }) => argOf(args, "--rcon-bind") === `127.0.0.1:${port}`);
    if (process?.world === undefined) throw unavailable("nobody listens");
    if (argOf(process.args, "--rcon-password") !== password) throw unavailable("wrong password");
    const { world } = process;
    let open = true;
    const drop = () => {
      if (!open) return;
      open = false;
      process.connections.delete(drop);
      queueMicrotask(onClosed);
    };
    process.connections.add(drop);
    return {
      close: drop,
      send: async (command) => {
        if (!open) throw unavailable("the connection is gone");
        const said = await this.console?.(command, argOf(process.args, "--config").replace(/\/config\.ini$/, ""));
        if (said !== undefined) return said;
        if (!command.startsWith("/server-save ")) return world.command(command);
        world.commands.push(command);
        const folder = argOf(process.args, "--config").replace(/config\.ini$/, "saves");
        this.writeSave(`${folder}/${command.split(" ")[1]}.zip`, world.save());
        return "";
      },
    };
  }
}
