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
import { instanceId, slaveId } from "#core/ids";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryBroker } from "#core/ports/memory/memory-bus";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { SeededRandom } from "#core/ports/memory/seeded-random";

const slave = slaveId("home");
const north = instanceId("north");
const GEAR = "item:gear";

const settle = async (): Promise<void> => {
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

const scene = (save: FakeSave = newSave(7)) => {
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
  };
  const settings = {
    ...{ slave, dir: "/data", install: { name: "", command: "", args: [], readData: "", line: "2.1" }, mods: [] },
    ...{ gameAddress: "127.0.0.1", limits: LIMITS, version: "0" },
  };
  const context: BridgeContext = {
    settings,
    boot: nextBoot(clock.now(), "", random),
    ports: {
      clock,
      random,
      disk,
      bus,
      facts: bus,
      game: machine.game(),
      journal: (_: string, line: string) => void log.push(line),
    },
  };
  const session = new Session(context, owner, EMPTY_RECORD);
  /** What the leader would state about this world. */
  const deliver = (allocated: Record<string, number>, folded?: number) => {
    const view = { boot: master.boot, round: ++master.round, epoch: 1, generation: 1, owner: context.boot };
    const worlds = { "north.1": { token: echoed, seed: 7, tick: 0, allocated } };
    session.delivery({ ...view, worlds, ...(folded === undefined ? {} : { folded }) } as Parameters<
      Session["delivery"]
    >[0]);
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

describe("a session", () => {
  test("what the link wants remembered is on disk before the game hears of it (E1)", async () => {
    const { connect, hold, told, world } = scene();
    const release = hold();
    const rcon = await connect();
    expect(rcon.sent).toEqual([]);
    release();
    await settle();
    expect(told.indexOf("remembered")).toBe(1);
    expect(world.world).toBe("north.1");
    expect(told).toContain("configured North");
  });

  test("a world states all that it holds, page by page, whether or not a leader hears it", async () => {
    const { connect, deliver, session, world } = scene();
    expect(await session.statement()).toBeUndefined();
    await connect();
    world.wanted[GEAR] = 100;
    deliver({ [GEAR]: 10 });
    await settle();
    const whole = await session.statement();
    expect(whole).toMatchObject({ world: "north.1", seed: 7, exported: {}, received: { [GEAR]: 10 } });
    expect(whole).not.toHaveProperty("next");
    expect(await session.statement(GEAR)).toMatchObject({ exported: {}, received: {} });
  });

  test("a reply that belongs to a connection that is gone changes nothing (E2)", async () => {
    const { connect, session, world } = scene();
    const first = await connect(/begin/);
    session.disconnected();
    const second = await connect();
    const { token } = world;
    first.release();
    await settle();
    await session.report();
    expect(second.sent.at(-1)).toBe(`/cr ${token.slice(0, 4)} full`);
    expect(second.closed).toBe(false);
  });

  test("one import is under way at a time; what is granted meanwhile joins what waits (E3)", async () => {
    const { connect, deliver, world, session, clock } = scene();
    const rcon = await connect();
    world.wanted[GEAR] = 100;
    rcon.holding = /import/;
    deliver({ [GEAR]: 10 }, clock.now() - 5);
    deliver({ [GEAR]: 20 });
    deliver({ [GEAR]: 30 });
    await settle();
    const imports = () => rcon.sent.filter((line) => /^\/(ci|clusterio-import)/.test(line));
    expect(imports()).toHaveLength(1);
    rcon.release();
    await settle();
    expect(imports()).toHaveLength(2);
    expect(world.received[GEAR]).toBe(30);
    expect(session.measured().latencyMs).toEqual([5]);
  });

  test("a game that says that its session is another one is left for a new connection (E4)", async () => {
    const { connect, deliver, world } = scene();
    const rcon = await connect();
    world.token = "somebodyelse1";
    deliver({ [GEAR]: 10 });
    await settle();
    expect(rcon.closed).toBe(true);
  });

  test("a report that uses a name which has not come yet waits for it", async () => {
    const { connect, world, master, reportFile } = scene();
    await connect();
    const line = (seq: number, rest: object) => JSON.stringify({ token: world.token, seq, tick: 5, ...rest });
    reportFile(line(2, { exported: { 0: 9 } }));
    expect(master.reported).toHaveLength(0);
    reportFile(line(1, { names: { 0: GEAR } }));
    await settle();
    expect(master.reported.map(({ exported }) => exported)).toEqual([{}, { [GEAR]: 9 }]);
  });

  test("when such a name never comes, a new session is begun", async () => {
    const { connect, world, reportFile } = scene();
    const rcon = await connect();
    for (let seq = 1; seq <= 101; seq++) {
      reportFile(JSON.stringify({ token: world.token, seq, tick: 5, exported: { 0: seq } }));
    }
    expect(rcon.closed).toBe(true);
  });

  test("collecting is allowed only in a world of this instance (E5)", async () => {
    const foreign = { ...newSave(5), instance: "south", world: "south.3", token: "oldtoken1234", tick: 900 };
    const { connect, told } = scene(foreign);
    const rcon = await connect();
    const verbs = rcon.sent.map((line) => line.split(" ")[0]);
    expect(verbs).toEqual(["/clusterio-begin", "/clusterio-adopt", "/cl"]);
    expect(told.filter((line) => line.startsWith("belongs"))).toEqual([expect.stringMatching(/^belongs north\.1\./)]);
  });

  test("with players in the game no more goes in than it takes in, deliveries first; without them all goes at once (E6)", async () => {
    const { connect, deliver, session, world, clock } = scene();
    world.players = 10;
    const rcon = await connect();
    const many = Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`item:thing-${n}`, 1_000 + n]));
    const bytes = () => rcon.sent.slice(3).reduce((sum, command) => sum + command.length, 0);
    deliver(many);
    void session.commandTurn(10).then(() => rcon.sent.push("operator"));
    await settle();
    const atOnce = bytes();
    await clock.advanceSettling(200, settle);
    // 100 bytes a tick are 1,200 in 200 ms.
    expect(bytes() - atOnce).toBeLessThanOrEqual(1_200 + 1_500);
    expect(Object.keys(world.received).length).toBeLessThan(400);
    await clock.advanceSettling(3_000, settle);
    expect(Object.keys(world.received)).toHaveLength(400);
    expect(rcon.sent.indexOf("operator")).toBeGreaterThan(rcon.sent.findIndex((line) => line.includes("thing-0")));

    const alone = scene();
    const free = await alone.connect();
    alone.deliver(many);
    await settle();
    expect(free.sent.filter((line) => line.startsWith("/clusterio-import")).length).toBeGreaterThan(1);
    expect(Object.keys(alone.world.received)).toHaveLength(400);
  });

  test("what a mod says goes out for its world, and what others say goes in, while the session is open", async () => {
    const { connect, session, told, world, reportFile } = scene();
    const incoming = { slave: "away", from: "east", channel: "c", data: "hi", direct: false };
    session.message(incoming);
    const rcon = await connect();
    const line = (token: string) => JSON.stringify({ message: { token, n: 1, channel: "c", data: "hello" } });
    reportFile(line(world.token));
    reportFile(line("othertoken12"));
    session.message(incoming);
    await settle();
    expect(told.slice(-3)).toEqual(["sent north.1 c all hello", "dropped", "dropped"]);
    expect(rcon.sent.filter((command) => command.startsWith("/cm"))).toEqual([
      `/cm ${world.token.slice(0, 4)} {"n":1,"slave":"away","from":"east","channel":"c","data":"hi"}`,
    ]);
    session.disconnected();
    const next = await connect(/begin/);
    session.message(incoming);
    await settle();
    expect([...rcon.sent, ...next.sent].filter((command) => command.startsWith("/cm"))).toHaveLength(1);
  });

  test("what mods renamed in the save is told once, and again when it is more", async () => {
    const { connect, world, log, session } = scene();
    const command = world.command.bind(world);
    const renamed: Record<string, string> = {};
    world.command = (text) => {
      const reply = command(text);
      return /begin|adopt/.test(text) ? JSON.stringify({ ...JSON.parse(reply), renamed }) : reply;
    };
    const begin = async () => {
      await connect();
      session.disconnected();
    };
    await begin();
    expect(log.filter((line) => line.includes("migration"))).toEqual([]);
    renamed["item:a"] = "item:b";
    await begin();
    await begin();
    renamed["item:c"] = "item:d";
    await begin();
    expect(log.filter((line) => line.includes("migration"))).toEqual([
      expect.stringContaining("north: by a mod's migration item:a is now item:b; storage keeps"),
      expect.stringContaining("item:a is now item:b, item:c is now item:d; storage keeps"),
    ]);
  });

  test("messages wait for what is delivered when the game takes in little", async () => {
    const { connect, deliver, session, world, clock } = scene();
    const command = world.command.bind(world);
    world.command = (text) =>
      text.startsWith("/cl ") ? JSON.stringify({ tick: world.tick, players: 40 }) : command(text);
    const rcon = await connect();
    const incoming = { slave: "away", from: "east", channel: "c", data: "x".repeat(1_000), direct: false };
    for (let n = 0; n < 3; n++) session.message(incoming);
    await settle();
    world.wanted[GEAR] = 100;
    deliver({ [GEAR]: 10 });
    await settle();
    for (let ms = 0; ms < 3_000; ms += 100) {
      clock.advance(100);
      await settle();
    }
    const verbs = rcon.sent
      .map((line) => line.split(" ")[0])
      .filter((verb) => !["/cl", "/clusterio-begin"].includes(verb ?? ""));
    expect(verbs.slice(0, 4)).toEqual(["/clusterio-adopt", "/cm", "/clusterio-import", "/cm"]);
  });

  test("silence ends the connection, unless the game said that it is saving", async () => {
    const { connect, session, owner } = scene();
    const rcon = await connect();
    rcon.failing = /./;
    owner.busy = true;
    expect(await session.report()).toBeUndefined();
    expect(rcon.closed).toBe(false);
    owner.busy = false;
    expect(await session.report()).toBeUndefined();
    expect(rcon.closed).toBe(true);
  });

  test("a game without the mod is told, and asked again", async () => {
    const { connect, session, told, world, clock } = scene();
    world.command = () => "Unknown command.\n";
    const rcon = await connect();
    expect(told.at(-1)).toMatch(/^alarm the mod of north: .*is the mod clusterio enabled/);
    clock.advance(1_500);
    session.tick();
    await settle();
    expect(rcon.sent.length).toBeGreaterThan(1);
  });
});
