import { Airwaves } from "#bridge/circuit/airwaves";
import { Levels } from "#bridge/circuit/levels";
import type { RconConnection } from "#bridge/game/port";
import { EMPTY_RECORD } from "#bridge/link/state";
import type { BridgeContext } from "#bridge/ports";
import { Session, type SessionOwner } from "#bridge/session/session";
import { LIMITS } from "#bridge/supervisor/limits";
import { FakeMachine } from "#bridge/test/fake-game";
import { FakeMaster } from "#bridge/test/fake-master";
import { type FakeSave, FakeWorld, newSave } from "#bridge/test/fake-world";
import { nextBoot } from "#core/boot";
import { unavailable } from "#core/errors";
import { decodeJson } from "#core/events/codec";
import { channelState } from "#core/events/signal";
import { instanceId, slaveId } from "#core/ids";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryBroker } from "#core/ports/memory/memory-bus";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { SeededRandom } from "#core/ports/memory/seeded-random";
import { parseCircuitSubject, subjects } from "#core/subjects";

const slave = slaveId("home");
const north = instanceId("north");
export const GEAR = "item:gear";

export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** A connection whose replies the test may hold back. */
class SlowRcon implements RconConnection {
  readonly sent: string[] = [];
  readonly #held: (() => void)[] = [];
  holding: RegExp | undefined;
  failing: RegExp | undefined;
  closed = false;

  constructor(private readonly world: FakeWorld) {}

  async send(command: string): Promise<string> {
    this.sent.push(command);
    if (this.failing?.test(command) === true) throw unavailable("nothing came");
    const reply = this.world.command(command);
    if (this.holding?.test(command) === true) await new Promise<void>((resolve) => this.#held.push(resolve));
    return reply;
  }

  close(): void {
    this.closed = true;
  }

  release(): void {
    this.holding = undefined;
    for (const resolve of this.#held.splice(0)) resolve();
  }
}

/** One session with a game, a leader and everything that it tells its owner. */
export const scene = (save: FakeSave = newSave(7)) => {
  const clock = new ManualClock();
  const broker = new MemoryBroker(clock);
  const disk = new MemoryDisk();
  const machine = new FakeMachine(clock, disk);
  const bus = broker.connect();
  const random = new SeededRandom(1);
  const master = new FakeMaster(broker.connect(), slave, clock);
  const world = new FakeWorld(save);
  const told: string[] = [];
  const log: string[] = [];
  let echoed = "";
  let writing: Promise<void> = Promise.resolve();
  const owner: SessionOwner & { busy: boolean } = {
    busy: false,
    instance: north,
    reports: "/reports",
    remember: async () => {
      await writing;
      told.push("remembered");
    },
    configure: ({ name }) => void told.push(`configured ${name}`),
    belongs: (id) => void told.push(`belongs ${id}`),
    publish: (fact) => void master.facts.push(fact),
    stopServer: (message) => void told.push(`stop ${message}`),
    alarm: (message) => void (message === undefined || told.push(`alarm ${message}`)),
    send: (id, { channel, to, data }) => void told.push(`sent ${id} ${channel} ${to ?? "all"} ${data}`),
    dropped: () => void told.push("dropped"),
    changed: () => {},
    saving: () => owner.busy,
    pulls: () => false,
    happened: ({ what, player }) => void told.push(`happened ${what} ${player}`),
    answered: () => {},
    pulse: () => {},
  };
  const settings = {
    ...{
      slave,
      dir: "/data",
      install: { name: "", command: "", args: [], readData: "", version: "2.1.9", line: "2.1" },
      mods: [],
    },
    ...{ gameAddress: "127.0.0.1", limits: LIMITS, version: "0" },
  };
  const boot = nextBoot(clock.now(), "", random);
  const journal = (_: string, line: string) => void log.push(line);
  const ports = { clock, random, disk, bus, facts: bus, game: machine.game(), journal };
  const circuits = { air: new Airwaves(ports, slave, boot), levels: new Levels(ports, slave) };
  const context: BridgeContext = { settings, boot, ports, circuits };
  broker.connect().subscribe(subjects.all.circuits, ({ subject, data }) => {
    const { signals } = decodeJson(channelState, data, subject);
    told.push(`${parseCircuitSubject(subject)?.channel} has ${JSON.stringify(signals)}`);
  });
  const session = new Session(context, owner, EMPTY_RECORD);
  /** What the leader would state about this world. */
  const deliver = (
    allocated: Record<string, number>,
    more: { folded?: number; capped?: string[]; token?: string } = {},
  ) => {
    const { token = echoed, ...rest } = more;
    const view = { boot: master.boot, round: ++master.round, epoch: 1, generation: 1, owner: context.boot };
    const worlds = { "north.1": { token, seed: 7, tick: 0, allocated } };
    session.delivery({ ...view, worlds, ...rest } as Parameters<Session["delivery"]>[0]);
  };
  const connect = async (holding?: RegExp) => {
    const rcon = new SlowRcon(world);
    rcon.holding = holding;
    session.connected(rcon);
    await settle();
    echoed = world.token;
    return rcon;
  };
  const hold = () => {
    let release = () => {};
    writing = new Promise((resolve) => {
      release = resolve;
    });
    return release;
  };
  const reportFile = (text: string) => machine.print(`/reports/${world.file}`, text);
  return { clock, session, world, master, owner, told, log, deliver, connect, hold, reportFile, settings };
};
