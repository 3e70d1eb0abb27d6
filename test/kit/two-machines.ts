import { Bridge } from "#bridge/bridge";
import type { BridgeSettings } from "#bridge/ports";
import { LIMITS } from "#bridge/supervisor/limits";
import { FakeMachine } from "#bridge/test/fake-game";
import type { FakeWorld } from "#bridge/test/fake-world";
import { type Boot, nextBoot } from "#core/boot";
import { isClusterioError } from "#core/errors";
import { decodeJson, decodeText, encodeJson } from "#core/events/codec";
import { type Delivery, linkRequest, RESTATE_MS } from "#core/events/delivery";
import { type FactBody, factEnvelope } from "#core/events/facts";
import { instanceId, type SlaveId, slaveId, userId } from "#core/ids";
import { type InstanceConfig, revisionOf } from "#core/instance-config";
import { every } from "#core/ports/clock";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryBroker } from "#core/ports/memory/memory-bus";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { SeededRandom } from "#core/ports/memory/seeded-random";
import { parseEventSubject, parseQuerySubject, parseSlaveCommandSubject, subjects } from "#core/subjects";
import { splitFrame } from "#core/transfer/frame";
import { relay } from "#core/transfer/relay";
import { ClusterClient } from "#ctl/client/client";
import { Move, type Moved } from "#ctl/move/move";
import type { Saves } from "#ctl/save/base";
import { MemoryVault } from "#test/kit/memory-vault";
import { Mortal, type Strike } from "#test/kit/mortal";

export const north = instanceId("north");
export const FOLDER = "/data/instances/north";
const USER = userId("op");
const SLAVES = ["home", "attic"] as const;
export type SlaveName = (typeof SLAVES)[number];
export type Who = SlaveName | "caller";
export interface Death {
  readonly backAfterMs: number;
  /** The machine loses its power: games end with it, and what was not flushed is gone. */
  readonly power?: boolean;
}

/** Small, so that each file comes in several pieces. */
const PIECE_BYTES = 150;

/** Promises come to rest. Everything here is in memory, so two turns are enough. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** `move hold`, `instance.assign`, `link`: what a request is about. */
const nameOf = (subject: string, data: Uint8Array): string => {
  const verb = parseSlaveCommandSubject(subject)?.verb ?? parseQuerySubject(subject)?.noun ?? subject;
  if (verb !== "move") return verb;
  const { op } = JSON.parse(decodeText(splitFrame(data).head)) as { op: string };
  return `move ${op}`;
};

/** As much of a master as a move needs: whose the instance is, and which session of its world counts. */
export class MoveMaster {
  slave: SlaveId = slaveId("home");
  epoch = 1;
  round = 1;
  owner: Boot | "" = "";
  readonly boot: Boot;
  readonly worlds: Record<string, { token: string; seed: number; tick: number; allocated: Record<string, number> }> =
    {};
  readonly exported: Record<string, number> = {};
  readonly facts: FactBody[] = [];
  config: InstanceConfig = { name: "North", seed: 7, autosaveSeconds: 2 };
  readonly #bus;

  constructor(broker: MemoryBroker, clock: ManualClock) {
    this.boot = nextBoot(clock.now(), "", new SeededRandom(99));
    this.#bus = broker.connect();
    for (const name of SLAVES) {
      this.#bus.subscribe(subjects.query(slaveId(name), "link"), (message) => {
        decodeJson(linkRequest, message.data, "link");
        const own = { ok: { ...this.#view(), assignment: `signed-${this.epoch}`, config: this.config } };
        const answer = this.slave === name ? own : { notYours: { epoch: this.epoch } };
        this.#bus.respond(message, encodeJson(answer));
      });
    }
    this.#bus.subscribe(subjects.masterCommand(USER, "instance", "assign", north), (message) => {
      const { slave } = JSON.parse(decodeText(message.data)) as { slave: SlaveId };
      if (slave !== this.slave) [this.slave, this.epoch, this.owner] = [slave, this.epoch + 1, ""];
      this.#bus.respond(message, encodeJson({ ok: { epoch: this.epoch } }));
    });
    this.#bus.subscribe(subjects.all.events, ({ subject, data }) => {
      const from = parseEventSubject(subject);
      if (from?.slave !== this.slave || !(from.type in factEnvelope)) return;
      const type = from.type as keyof typeof factEnvelope;
      this.#fold(decodeJson<{ type: string; data: unknown }>(factEnvelope[type], data, subject) as FactBody);
    });
    every(clock, RESTATE_MS, () => this.state());
  }

  /** So many are on their way to a world, from the next word on. */
  grant(world: string, allocated: Record<string, number>): void {
    Object.assign(this.worlds[world]?.allocated ?? {}, allocated);
    this.round++;
  }

  state(): void {
    const view = { ...this.#view(), config: revisionOf(this.config) };
    this.#bus.publish(subjects.delivery(this.slave, north), encodeJson(view));
  }

  #view(): Delivery {
    const { boot, round, epoch, owner, worlds } = this;
    return { boot, round, epoch, generation: 1, owner, worlds };
  }

  #fold(fact: FactBody): void {
    this.facts.push(fact);
    if (fact.type === "world-synced") {
      const { world, token, prev, owner, seed, tick, exported } = fact.data;
      if ((this.worlds[world]?.token ?? "") !== prev) return;
      this.owner = owner as Boot;
      this.worlds[world] = { allocated: {}, ...this.worlds[world], token, seed, tick };
      Object.assign(this.exported, exported);
    } else if (fact.type === "world-reported" && this.worlds[fact.data.world]?.token === fact.data.token)
      Object.assign(this.exported, fact.data.exported);
  }
}

/** Two slaves' machines, disks and bridges, and who moves an instance from one to the other; each may die at any step. */
export class TwoMachines {
  readonly clock = new ManualClock();
  readonly broker = new MemoryBroker(this.clock);
  readonly master = new MoveMaster(this.broker, this.clock);
  readonly log: string[] = [];
  /** Two games of the instance at once: whose and when. Never. */
  readonly doubled: string[] = [];
  readonly #slaves = new Map<
    SlaveName,
    { disk: MemoryDisk; machine: FakeMachine; vault: MemoryVault; mortal: Mortal; bridge: Bridge | undefined }
  >();
  readonly #back = new Map<SlaveName, number>();
  #random = 0;

  constructor() {
    for (const name of SLAVES) {
      const disk = new MemoryDisk();
      const mortal = new Mortal(this.broker, this.clock);
      const machine = new FakeMachine(this.clock, disk);
      const vault = new MemoryVault(machine, disk, this.clock);
      this.#slaves.set(name, { disk, machine, vault, mortal, bridge: undefined });
    }
  }

  machine(name: SlaveName): FakeMachine {
    return this.#slaves.get(name)!.machine;
  }

  disk(name: SlaveName): MemoryDisk {
    return this.#slaves.get(name)!.disk;
  }

  bridge(name: SlaveName): Bridge {
    return this.#slaves.get(name)!.bridge!;
  }

  mortal(name: SlaveName): Mortal {
    return this.#slaves.get(name)!.mortal;
  }

  /** Opens a slave's bridge, after whatever ended the one before. */
  async open(name: SlaveName): Promise<void> {
    const slave = this.#slaves.get(name)!;
    const { disk, machine, vault } = slave;
    const mortal = new Mortal(this.broker, this.clock);
    // A dead process holds nothing, and is connected to nothing.
    machine.locks.clear();
    slave.mortal = mortal;
    const bus = mortal.bus((subject, data) => nameOf(subject, data));
    const settings: BridgeSettings = {
      ...{ slave: slaveId(name), dir: "/data", mods: machine.mods, gameAddress: "127.0.0.1", limits: LIMITS },
      install: { name: "fake", command: "factorio", args: [], readData: "/data", version: "2.1.9", line: "2.1" },
      version: "0.1.0",
    };
    slave.bridge = await Bridge.open(settings, {
      ...{ clock: mortal.clock, random: new SeededRandom(++this.#random), bus, facts: bus },
      disk: mortal.port("disk", disk, ["write", "remove"]),
      vault: mortal.port("vault", vault, ["write", "place", "moveFolder", "touch", "remove"]),
      game: mortal.port("game", machine.game(), ["spawn", "signal", "move", "copy", "remove"]),
      journal: (_level, message) => void this.log.push(`${name}: ${message}`),
    });
    await settle();
  }

  /** A bridge, or its whole machine, dies at one of the bridge's steps; it is opened again so long after. */
  strike(name: SlaveName, strike: Strike, { backAfterMs, power = false }: Death): void {
    this.mortal(name).dieAt(strike, () => {
      this.log.push(`the ${power ? "machine" : "bridge"} of ${name} dies`);
      this.#back.set(name, this.clock.now() + backAfterMs);
      if (!power) return;
      const { machine, vault } = this.#slaves.get(name)!;
      for (const { id } of machine.alive) machine.end(id.pid, { signal: "SIGKILL" });
      vault.lose();
    });
  }

  /** Whoever died is there again. */
  async whole(): Promise<void> {
    await this.pass(300_000, () => this.#back.size === 0);
    await this.pass(1_000);
  }

  /** Time passes; whoever died is opened again when it is time; two games of the instance at once are noted. */
  async pass(ms: number, enough: () => boolean = () => false): Promise<void> {
    const until = this.clock.now() + ms;
    while (this.clock.now() < until && !enough()) {
      const at = Math.min(this.clock.nextAt() ?? until, until, ...this.#back.values());
      await this.clock.advanceSettling(Math.max(at - this.clock.now(), 1), settle);
      const games = this.games();
      if (games.length > 1) this.doubled.push(`${games.join()} at ${this.clock.now()}`);
      for (const name of SLAVES) {
        this.machine(name).flush();
        for (const { world } of this.machine(name).alive) if (world !== undefined) world.runs = true;
      }
      for (const [name, back] of [...this.#back]) {
        if (back > this.clock.now()) continue;
        this.#back.delete(name);
        await this.open(name);
      }
    }
  }

  /** Where a game of the instance runs. */
  games(): SlaveName[] {
    return SLAVES.flatMap((name) =>
      this.machine(name)
        .alive.filter(({ args }) => args.includes("--start-server"))
        .map(() => name),
    );
  }

  world(name: SlaveName): FakeWorld {
    return this.machine(name).world(north);
  }

  saves(name: SlaveName): string[] {
    return [...this.machine(name).saves.keys()].sort();
  }

  /** `clusterio instance move north --to attic`, in a process of its own. */
  caller(strike?: Strike): { readonly mortal: Mortal; run(): Promise<Moved>; abort(): Promise<void> } {
    const mortal = new Mortal(this.broker, this.clock);
    const bus = mortal.bus((subject, data) => nameOf(subject, data));
    const { signal } = new AbortController();
    const saves: Saves = {
      ...({
        client: new ClusterClient(bus, USER),
        bus,
        clock: mortal.clock,
        signal,
      } as unknown as Saves),
      carry: (_what, source, target) => relay(source, target, { clock: mortal.clock, signal, pieceBytes: PIECE_BYTES }),
    };
    const order = { instance: "north", to: slaveId("attic"), deleteSource: false };
    const move = new Move(saves, order, (line) => void this.log.push(`caller: ${line}`));
    return {
      mortal,
      run: () => {
        mortal.dieAt(strike, () => this.log.push("the caller dies"));
        return move.run(this.master.slave);
      },
      abort: () => move.abort(this.master.slave),
    };
  }

  /** What came of a command: nothing when whoever gave it dies. */
  async ended<T>(caller: Mortal, asked: Promise<T>, ms = 900_000): Promise<{ ok: T } | { failed: string } | "died"> {
    let end: { ok: T } | { failed: string } | undefined;
    asked.then(
      (ok) => {
        end = { ok };
      },
      (error: unknown) => {
        if (!isClusterioError(error)) throw error;
        end = { failed: `${error.code}: ${error.message}` };
      },
    );
    await this.pass(ms, () => end !== undefined || caller.dead);
    if (end === undefined && !caller.dead) throw new Error(`no end within ${ms} ms\n${this.log.slice(-20).join("\n")}`);
    return end ?? "died";
  }
}
