import { LIMITS } from "#bridge/supervisor/limits";
import { FOLDER, IRON, north, scene, settle, slave, world } from "#bridge/test/bridge-scene";
import { newSave } from "#bridge/test/fake-world";
import { encodeJson } from "#core/events/codec";
import { RESTATE_MS } from "#core/events/delivery";
import type { FactBody } from "#core/events/facts";
import { subjects } from "#core/subjects";

describe("a bridge", () => {
  test("a start makes a save, runs it, begins a session, and one sync tells whole vectors", async () => {
    const { master, machine, linked, disk } = scene();
    const { bridge } = await linked();
    expect(machine.spawned).toBe(2);
    expect(master.synced).toHaveLength(1);
    expect(master.synced[0]).toMatchObject({
      world,
      prev: "",
      owner: bridge.boot,
      epoch: 1,
      assignment: "signed",
      seed: 7,
    });
    expect(machine.world("north")).toMatchObject({ instance: "north", world, leaseUntil: 3_600 });
    expect(disk.modeOf(`${FOLDER}/server.json`)).toBe(0o600);
    // R2: a bridge that is killed right after the spawn has left what finds the game again.
    expect(machine.recorded).toEqual([true]);
    await bridge.close();
  });

  test("what a world reports becomes facts; what is granted reaches the game once, however often it is stated", async () => {
    const { master, machine, linked, advance, telemetry, clock } = scene();
    const { bridge } = await linked();
    const game = machine.world("north");
    game.happen({ exported: { [IRON]: 12 }, wanted: { "item:gear": 50 } });
    machine.flush();
    await settle();
    expect(master.reported.at(-1)).toMatchObject({ world, exported: { [IRON]: 12 }, wanted: { "item:gear": 50 } });

    master.grant(north, world, { "item:gear": 30 }, clock.now() - 40);
    master.state(north);
    master.state(north);
    await settle();
    expect(game.received).toEqual({ "item:gear": 30 });
    expect(game.commands.filter((line) => line.startsWith("/ci "))).toHaveLength(1);
    expect(master.reported.at(-1)).toMatchObject({ received: { "item:gear": 30 }, wanted: { "item:gear": 20 } });
    master.grant(north, world, { "fluid:water:15": 7 });
    await settle();
    expect(game.received["fluid:water:15"]).toBe(7);
    expect(game.commands.filter((line) => line.startsWith("/clusterio-import "))).toHaveLength(1);
    await advance(5_000);
    expect(telemetry.flatMap(({ latencyMs }) => latencyMs)).toEqual([40]);
    await bridge.close();
  });

  test("a world with nothing to say says so every ten seconds, and its lease is extended", async () => {
    const { master, machine, linked, advance } = scene();
    const { bridge } = await linked();
    const before = master.reported.length;
    const game = machine.world("north");
    for (let at = 0; at < 30_000; at += RESTATE_MS) {
      master.state(north);
      await advance(RESTATE_MS);
      game.tick += 60 * (RESTATE_MS / 1_000);
      expect(game.leaseUntil - game.tick).toBeGreaterThan(60 * 40);
    }
    expect(master.reported.length - before).toBeGreaterThanOrEqual(2);
    await bridge.close();
  });

  test("each lease says what time it is, in whole seconds, in a command that is never overtaken", async () => {
    const { clock, machine, linked, advance } = scene();
    const { bridge } = await linked();
    const leases = () => machine.world("north").commands.filter((command) => command.startsWith("/cl "));
    const told = leases().length;
    await advance(16_500);
    expect(leases().length).toBeGreaterThan(told);
    for (const command of leases()) {
      expect(command).toMatch(/^\/cl \S{4} \d+ \d+$/);
      expect(command.length).toBeLessThan(50);
    }
    const second = Number(leases().at(-1)?.split(" ")[3]);
    expect(clock.now() / 1000 - second).toBeLessThan(17);
    expect(second).toBeLessThanOrEqual(clock.now() / 1000);
    await bridge.close();
  });

  test("a faster game gets a longer lease: a minute of its own ticks", async () => {
    const { machine, linked, advance } = scene();
    const { bridge } = await linked();
    const game = machine.world("north");
    game.tick += 6_000;
    await advance(16_000);
    const ups = bridge.runner(north)?.telemetry().ups ?? 0;
    expect(ups).toBeGreaterThan(300);
    expect(game.leaseUntil - game.tick).toBeGreaterThanOrEqual(Math.floor(ups * 60));
    await bridge.close();
  });

  test("a broken RCON connection is made again and begins a new session", async () => {
    const { master, machine, linked, advance } = scene();
    const { bridge } = await linked();
    const [process] = machine.alive;
    for (const drop of [...(process?.connections ?? [])]) drop();
    await advance(1_000);
    expect(machine.alive).toHaveLength(1);
    expect(master.synced).toHaveLength(2);
    expect(master.synced[1]).toMatchObject({ prev: master.synced[0]?.token });
    await bridge.close();
  });

  test("a game whose session somebody else took over is asked to begin anew", async () => {
    const { master, machine, linked, advance } = scene();
    const { bridge } = await linked();
    machine.world("north").token = "somebodyelse1";
    await advance(16_000);
    expect(master.synced.length).toBeGreaterThanOrEqual(2);
    expect(machine.world("north").token).toBe(master.synced.at(-1)?.token);
    await bridge.close();
  });

  test("a crash restarts from the newest save of this world that opens", async () => {
    const { master, machine, linked, advance } = scene();
    const { bridge } = await linked();
    machine.world("north").happen({ exported: { [IRON]: 5 } });
    await advance(10_500);
    machine.world("north").happen({ exported: { [IRON]: 100 } });
    const saved = [...machine.saves.keys()].filter((path) => path.includes("/auto-"));
    expect(saved.length).toBeGreaterThan(0);
    machine.writeSave(`${FOLDER}/saves/_autosave1.zip`, machine.world("north").save(), false);
    machine.writeSave(`${FOLDER}/saves/somebody.zip`, newSave(99));
    machine.end(machine.alive[0]?.id.pid ?? 0, { signal: "SIGKILL" });
    await advance(2_500);
    expect(machine.alive).toHaveLength(1);
    expect(machine.world("north").exported).toEqual({ [IRON]: 5 });
    expect(master.synced.at(-1)).toMatchObject({ world, exported: { [IRON]: 5 } });
    await bridge.close();
  });

  test("a save that names another world is adopted as a child, and until then the original is started again", async () => {
    const { master, machine, open, command, advance } = scene();
    const foreign = { ...newSave(5), instance: "south", world: "south.3", token: "oldtoken123", tick: 900 };
    machine.writeSave(`${FOLDER}/saves/south.zip`, { ...foreign, names: [IRON], exported: { [IRON]: 40 } });
    const { bridge } = await open();
    await command("start");
    await advance(10);
    const child = machine.world("north").world;
    expect(child).toMatch(/^north\.1\.[0-9a-f]{8}$/);
    expect(machine.world("north").exported).toEqual({ [IRON]: 0 });
    expect(master.synced.at(-1)).toMatchObject({ world: child, exported: { [IRON]: 0 } });
    // Its first own save was ordered at once.
    expect(machine.world("north").commands).toContain("/server-save auto-1");
    await bridge.close();
  });

  test("until a foreign save is adopted it is not saved, and the original is started again", async () => {
    const { master, machine, open, command, advance } = scene();
    const foreign = { ...newSave(5), instance: "south", world: "south.4", token: "oldtoken123", tick: 900 };
    machine.writeSave(`${FOLDER}/saves/south.zip`, { ...foreign, names: [IRON], exported: { [IRON]: 40 } });
    const { bridge } = await open();
    master.state(north);
    await settle();
    // Assigned, and then nobody answers with an assignment any more.
    master.assigned = false;
    await command("start");
    await advance(15_000);
    expect(machine.alive[0]?.file).toBe(`${FOLDER}/saves/world-a.zip`);
    expect(machine.world("north").commands.filter((line) => line.startsWith("/server-save"))).toEqual([]);
    for (const name of ["next.zip", ""]) {
      if (name !== "") machine.writeSave(`${FOLDER}/saves/${name}`, { ...foreign, exported: { [IRON]: 50 } });
      machine.world("north").exported[IRON] = 77;
      machine.writeSave(`${FOLDER}/saves/_autosave1.zip`, machine.world("north").save());
      machine.end(machine.alive[0]?.id.pid ?? 0, { code: 1 });
      await advance(5_000);
      expect(machine.world("north")).toMatchObject({ world: "south.4", exported: { [IRON]: 50 } });
    }
    await bridge.close();
    expect(machine.saves.has(`${FOLDER}/saves/next.zip`)).toBe(false);
  });

  test("an adopted game that an operator does not want is stopped in order", async () => {
    const { machine, linked, open, advance, disk } = scene();
    const { bridge } = await linked();
    await bridge.close();
    const path = `${FOLDER}/instance.json`;
    const record = JSON.parse(new TextDecoder().decode(await disk.read(path)));
    await disk.write(path, encodeJson({ ...record, desired: "stopped", lastBoot: "zzzzzzzzy-0000" }));
    const { bridge: next } = await open();
    await advance(1_000);
    expect(machine.alive).toHaveLength(0);
    expect(machine.processes.get(101)?.exit).toEqual({ code: 0 });
    // K3: also a bridge whose clock was ahead is followed by a later boot.
    expect(next.boot > "zzzzzzzzy-0000").toBe(true);
    await next.close();
  });

  test("a crash before anything was adopted starts the first save again, not what was written since", async () => {
    const { master, machine, open, command, advance } = scene();
    const foreign = { ...newSave(5), instance: "south", world: "south.4", token: "oldtoken123", tick: 900 };
    machine.writeSave(`${FOLDER}/saves/south.zip`, foreign);
    const { bridge } = await open();
    master.state(north);
    await settle();
    master.assigned = false;
    await command("start");
    await advance(1_000);
    machine.writeSave(`${FOLDER}/saves/_autosave1.zip`, { ...foreign, tick: 5_000 });
    machine.end(machine.alive[0]?.id.pid ?? 0, { code: 1 });
    await advance(3_000);
    expect(machine.world("north").tick).toBe(900);
    await bridge.close();
  });

  test("a restarted bridge adopts the running game and begins a new session with a later boot", async () => {
    const { master, machine, linked, open, advance } = scene();
    const { bridge } = await linked();
    const game = machine.world("north");
    await bridge.close();
    expect(machine.alive).toHaveLength(1);
    const { bridge: next } = await open();
    await advance(1_000);
    expect(machine.spawned).toBe(2);
    expect(machine.world("north")).toBe(game);
    expect(next.boot > bridge.boot).toBe(true);
    expect(master.synced.at(-1)).toMatchObject({ owner: next.boot });
    expect(next.runner(north)?.phase).toBe("running");
    await next.close();
  });

  test("a game that a killed bridge spawned and never wrote down is found by its password, and written down", async () => {
    const { machine, linked, open, advance, disk } = scene();
    const { bridge } = await linked();
    await bridge.close();
    const path = `${FOLDER}/server.json`;
    const server = JSON.parse(new TextDecoder().decode(await disk.read(path)));
    await disk.write(path, encodeJson({ ...server, process: null }));
    const { bridge: next } = await open();
    await advance(1_000);
    expect(machine.spawned).toBe(2);
    expect(next.runner(north)?.phase).toBe("running");
    expect(JSON.parse(new TextDecoder().decode(await disk.read(path)))).toEqual(server);
    await next.close();
  });

  test("a game in the folder that no record names is ended before another one starts", async () => {
    const { machine, linked, open, advance, disk } = scene();
    const { bridge } = await linked();
    const stray = machine.alive[0]?.id.pid ?? 0;
    await bridge.close();
    await disk.remove(`${FOLDER}/server.json`);
    const { bridge: next } = await open();
    await advance(1_000);
    expect(machine.processes.get(stray)?.exit).toEqual({ signal: "SIGKILL" });
    expect(machine.alive).toHaveLength(1);
    await next.close();
  });

  test("a second bridge in the same folder is refused", async () => {
    const { open } = scene();
    const { bridge } = await open();
    await expect(open()).rejects.toMatchObject({ code: "refused" });
    await bridge.close();
    await (await open()).bridge.close();
  });

  test("a stop says good-bye with the last totals, ends the game in order, and is remembered", async () => {
    const { master, machine, linked, command, open, advance } = scene();
    const { bridge } = await linked();
    machine.world("north").happen({ exported: { [IRON]: 1 } });
    machine.flush();
    machine.world("north").exported[IRON] = 3;
    expect(await command("stop")).toMatchObject({ ok: { state: "stopping" } });
    await advance(1_000);
    const [report, left] = master.facts.slice(-2);
    expect(report).toMatchObject({ type: "world-reported", data: { exported: { [IRON]: 3 } } });
    expect(left).toMatchObject({ type: "world-left" });
    expect(machine.alive).toHaveLength(0);
    expect(bridge.runner(north)?.phase).toBe("stopped");
    await bridge.close();
    const { bridge: next } = await open();
    await advance(2_000);
    expect(machine.alive).toHaveLength(0);
    await next.close();
  });

  test("a bridge that stops its games with itself starts them again when it comes back", async () => {
    const { machine, linked, open, advance } = scene();
    const { bridge } = await linked();
    await bridge.close({ stopGames: true });
    expect(machine.alive).toHaveLength(0);
    const { bridge: next } = await open();
    await advance(1_000);
    expect(machine.alive).toHaveLength(1);
    await next.close();
  });

  test("one that stops its games with itself waits for the last of them, and says then that it is stopped", async () => {
    const { machine, linked, telemetry, advance } = scene();
    const { bridge } = await linked();
    machine.deaf = true;
    let closed = false;
    const closing = bridge.close({ stopGames: true }).then(() => {
      closed = true;
    });
    await advance(LIMITS.stopMs - 1_000);
    expect([closed, machine.alive.length]).toEqual([false, 1]);
    await advance(2_000);
    await closing;
    expect(machine.alive).toHaveLength(0);
    expect(telemetry.at(-1)).toMatchObject({ state: "stopped" });
  });

  test("a deleted instance's folder is moved when nothing runs in it any more, said twice as well (K4)", async () => {
    const { machine, linked, advance, disk } = scene();
    const { bridge } = await linked();
    machine.deaf = true;
    const both = [bridge.gone(north), bridge.gone(north)];
    await advance(LIMITS.stopMs - 1_000);
    expect(await disk.read(`${FOLDER}/instance.json`)).toBeDefined();
    await advance(2_000);
    await Promise.all(both);
    expect(machine.alive).toHaveLength(0);
    expect(await disk.list("/data/deleted")).toEqual([`north-${bridge.boot}`]);
    expect(bridge.runner(north)).toBeUndefined();
    await bridge.gone(north);
    await bridge.close();
  });

  test("what is no delivery is told and changes nothing; a fact that no master takes is told", async () => {
    const { linked, broker, log } = scene();
    const { bridge, bus } = await linked();
    broker.send({ subject: subjects.delivery(slave, north), data: encodeJson({ boot: 7 }), headers: {} });
    await settle();
    expect(log.at(-1)).toMatch(/^clusterio\.v1\.delivery\..*: /);
    bus.setConnected(false);
    const exported = Object.fromEntries(
      Array.from({ length: 40_000 }, (_, n) => [`item:a-long-name-of-an-item-${n}`, 1]),
    );
    bridge.publish(north, { type: "world-reported", data: { exported } } as unknown as FactBody);
    expect(log.at(-1)).toMatch(/^north: a world-reported of \d+ bytes: the master takes \d+/);
    await bridge.close();
  });

  test("a connection that goes makes nobody ask a game for anything", async () => {
    const { machine, linked } = scene();
    const { bridge, bus } = await linked();
    const { commands } = machine.world("north");
    const asked = commands.length;
    bus.setConnected(false);
    await settle();
    expect(commands).toHaveLength(asked);
    bus.setConnected(true);
    await settle();
    expect(commands.length).toBeGreaterThan(asked);
    await bridge.close();
  });

  test("a process that has the number of a game of before is none: it is another one by its start", async () => {
    const { machine, linked, open, advance, disk } = scene();
    const { bridge } = await linked();
    const [game] = machine.alive;
    await bridge.close();
    const path = `${FOLDER}/server.json`;
    const server = JSON.parse(new TextDecoder().decode(await disk.read(path)));
    await disk.write(path, encodeJson({ ...server, process: { ...server.process, started: "an earlier boot" } }));
    const { bridge: next } = await open();
    await advance(1_000);
    expect(game?.exit).toEqual({ signal: "SIGKILL" });
    expect(machine.alive).toHaveLength(1);
    await next.close();
  });

  test("an operator's save that does not open is named, and nothing else is started instead", async () => {
    const { machine, linked, command, advance, telemetry } = scene();
    const { bridge } = await linked();
    await command("stop");
    await advance(1_000);
    machine.writeSave(`${FOLDER}/saves/next.zip`, newSave(1), false);
    await command("start");
    await advance(1_000);
    expect(telemetry.at(-1)).toMatchObject({
      state: "failed",
      alarm: expect.stringContaining("saves/next.zip does not open"),
    });
    await bridge.close();
  });

  test("a game that dies at its start is told once with its last lines", async () => {
    const { machine, open, command, advance, telemetry } = scene();
    const { bridge } = await open();
    machine.breaks = "   0.300 Error X.cpp:1: MultiplayerManager failed: Host address is already in use.";
    await command("start");
    await advance(600);
    expect(telemetry.at(-1)).toMatchObject({
      state: "backing-off",
      alarm: expect.stringMatching(/north: the game ended with code 1 while .*\n.*already in use/s),
    });
    machine.breaks = undefined;
    await advance(2_000);
    expect(telemetry.at(-1)).toMatchObject({ state: "running" });
    expect(telemetry.at(-1)?.alarm).toBeUndefined();
    await bridge.close();
  });

  test("a bridge whose instance was taken over by a later one stops its server and leaves it alone", async () => {
    const { master, machine, linked, advance } = scene();
    const { bridge } = await linked();
    master.owner = "zzzzzzzzz-0000" as typeof master.boot;
    master.round++;
    master.state(north);
    await advance(2_000);
    expect(machine.alive).toHaveLength(0);
    expect(bridge.runner(north)?.telemetry()).toMatchObject({
      state: "stopped",
      alarm: expect.stringContaining("started later"),
    });
    await bridge.close();
  });

  test("when NATS comes back, everything is said again", async () => {
    const { master, machine, linked } = scene();
    const { bridge, bus } = await linked();
    bus.setConnected(false);
    machine.world("north").happen({ exported: { [IRON]: 9 } });
    machine.flush();
    await settle();
    expect(master.reported.some(({ exported }) => exported[IRON] === 9)).toBe(false);
    bus.setConnected(true);
    await settle();
    expect(master.reported.at(-1)).toMatchObject({ full: true, exported: { [IRON]: 9 } });
    await bridge.close();
  });
});

test("what storage is full of is handed to the game when it is another list, and not otherwise", async () => {
  const { linked, master, machine, advance } = scene();
  const { bridge } = await linked();
  const told = () => machine.world("north").commands.filter((command) => command.startsWith("/cc "));
  expect(told()).toEqual([]);
  for (const capped of [[], ["item:gear"], ["item:gear"], []]) {
    master.capped = capped;
    master.round++;
    master.state(north);
    await advance(500);
  }
  const tag = machine.world("north").token.slice(0, 4);
  expect(told()).toEqual([expect.stringMatching(`^/cc ${tag} 1 [.] item:gear$`), `/cc ${tag} 2 .`]);
  expect(machine.world("north").capped).toEqual([]);
  await bridge.close();
});

test("who looks in the game is told how his world stands in the cluster", async () => {
  const { linked, machine, advance } = scene();
  const { bridge } = await linked();
  const game = machine.world("north");
  game.happen({ wanted: { "item:gear": 5 } });
  const look = (resources: readonly string[]) => {
    game.lines.push({ file: game.file, line: JSON.stringify({ look: { token: game.token, resources } }) });
    machine.flush();
  };
  look(["item:gear"]);
  const told = () => game.commands.filter((command) => command.startsWith("/cf "));
  await advance(1_000);
  expect(told()).toEqual([`/cf ${game.token.slice(0, 4)} 1 AHJwMD0P`]);
  look([]);
  await advance(20_000);
  expect(told()).toHaveLength(1);
  await bridge.close();
});
