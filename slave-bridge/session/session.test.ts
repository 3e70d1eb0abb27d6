import { newSave } from "#bridge/test/fake-world";
import { GEAR, scene, settle } from "#bridge/test/session-scene";
import { LATENCY_SAMPLES_MAX } from "#core/events/telemetry";

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
    deliver({ [GEAR]: 10 }, { folded: clock.now() - 5 });
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
    expect(session.measured().latencyMs).toEqual([]);
  });

  test("of what a busy game took in, no more is measured than telemetry has room for", async () => {
    const { connect, deliver, session, clock } = scene();
    await connect();
    for (let n = 1; n <= LATENCY_SAMPLES_MAX + 5; n++) {
      deliver({ [GEAR]: n }, { folded: clock.now() - 5 });
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(session.measured().latencyMs).toHaveLength(LATENCY_SAMPLES_MAX);
  });

  test("a game that says that its session is another one is left for a new connection (E4)", async () => {
    const { connect, deliver, world } = scene();
    const rcon = await connect();
    world.token = "somebodyelse1";
    deliver({ [GEAR]: 10 });
    await settle();
    expect(rcon.closed).toBe(true);
  });

  test("a game that does not know a number which it gave is left for a new connection (E4)", async () => {
    const { connect, deliver, world } = scene();
    const rcon = await connect();
    const command = world.command.bind(world);
    world.command = (text) =>
      text.startsWith("/clusterio-import") ? '{"error":"payload","message":"no such number"}' : command(text);
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

  test("what waited for a name is nothing to the next session", async () => {
    const { connect, session, world, reportFile } = scene();
    await connect();
    const line = (rest: object) => JSON.stringify({ token: world.token, seq: 1, tick: 5, ...rest });
    reportFile(line({ exported: { 0: 9 } }));
    session.disconnected();
    const rcon = await connect();
    reportFile(line({ names: { 0: GEAR } }));
    await settle();
    expect(rcon.closed).toBe(false);
  });

  test("a report says how far the game is", async () => {
    const { connect, session, world, reportFile } = scene();
    await connect();
    reportFile(JSON.stringify({ token: world.token, seq: 1, tick: 500 }));
    expect(session.measured().tick).toBe(500);
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

  test("what the world puts on channels goes on the air while its session is open, and ends with a good-bye", async () => {
    const { connect, deliver, session, told, world, reportFile } = scene();
    await connect();
    const first = world.token;
    const say = (token: string, coal: number) =>
      reportFile(JSON.stringify({ circuit: token, say: "main", whole: true, signals: { "item:coal": coal } }));
    say(first, 1);
    // Three echoes of another token: a new session on the same connection.
    for (let n = 0; n < 3; n++) deliver({}, { token: "anothertoken1" });
    await settle();
    expect(world.token).not.toBe(first);
    say(first, 2);
    say(world.token, 3);
    await settle();
    const aired = () => told.filter((line) => line.startsWith("main has"));
    expect(aired()).toEqual(['main has {"item:coal":1}', 'main has {"item:coal":3}']);
    await session.leave();
    await settle();
    expect(aired().slice(2)).toEqual(["main has {}"]);
  });

  test("what storage is full of is said again after the game gave no answer, with its next report", async () => {
    const { connect, deliver, owner, world, reportFile } = scene();
    const rcon = await connect();
    owner.busy = true;
    rcon.failing = /^\/cc/;
    deliver({}, { capped: [GEAR] });
    await settle();
    rcon.failing = undefined;
    expect(world.capped).toEqual([]);
    reportFile(JSON.stringify({ token: world.token, seq: 1, tick: 5 }));
    await settle();
    expect(world.capped).toEqual([GEAR]);
  });

  test("deliveries and operators go before caps, messages and figures when the game takes in little (E6)", async () => {
    const { connect, deliver, session, world, clock, reportFile } = scene();
    world.players = 40;
    const rcon = await connect();
    await clock.advanceSettling(2_500, settle);
    // The way in is full: what follows waits for its turn.
    void session.commandTurn(3_000);
    const from = rcon.sent.length;
    world.wanted[GEAR] = 100;
    reportFile(JSON.stringify({ token: world.token, seq: 1, tick: 5, names: { 0: GEAR }, wanted: { 0: 100 } }));
    reportFile(JSON.stringify({ look: { token: world.token, resources: [GEAR] } }));
    session.message({ slave: "away", from: "east", channel: "c", data: "hi", direct: false });
    await settle();
    void session.commandTurn(10).then(() => rcon.sent.push("operator"));
    void session.report();
    deliver({ [GEAR]: 10 }, { capped: [GEAR] });
    await settle();
    expect(rcon.sent.slice(from)).toEqual([]);
    await clock.advanceSettling(4_000, settle);
    const verbs = rcon.sent.slice(from).map((line) => line.split(" ")[0]);
    expect(verbs).toEqual(["/cr", "/ci", "operator", "/cc", "/cm", "/cf"]);
  });

  test("a start that an operator gives changes nothing in a session that is open", async () => {
    const { connect, session } = scene();
    await connect();
    session.restart();
    expect(session.world).toBe("north.1");
  });

  test("a game that says nothing any more holds no stop up", async () => {
    const { connect, session, clock, master } = scene();
    await connect(/full/);
    let left = false;
    void session.leave().then(() => {
      left = true;
    });
    await clock.advanceSettling(1_900, settle);
    expect(left).toBe(false);
    await clock.advanceSettling(200, settle);
    expect(left).toBe(true);
    expect(master.facts.at(-1)?.type).toBe("world-left");
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
