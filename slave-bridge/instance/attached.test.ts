import { ADDRESS, attached, SECRET, text } from "#bridge/test/attached-scene";
import { IRON, north, settle, world } from "#bridge/test/bridge-scene";

/** A server that the bridge does not run: RCON only, reports pulled, no process control. */

test("its world is linked, what it exports is pulled, what it is granted reaches it, and no process is started", async () => {
  const { master, machine, bridge, game, command, clock, runs, telemetry } = await attached();
  expect(bridge.runner(north)?.telemetry()).toMatchObject({ state: "running", attached: true, linked: true, world });
  expect(JSON.parse(game.commands[0]?.replace("/clusterio-begin ", "") ?? "")).toMatchObject({ pull: true });
  game.happen({ exported: { [IRON]: 12 }, wanted: { "item:gear": 50 } });
  await runs(3);
  expect(master.reported.at(-1)).toMatchObject({ world, exported: { [IRON]: 12 }, wanted: { "item:gear": 50 } });
  master.grant(north, world, { "item:gear": 30 }, clock.now() - 40);
  await settle();
  expect(game.received).toEqual({ "item:gear": 30 });
  expect(await command("send-rcon", { command: "/cr zzzz" })).toMatchObject({ ok: {} });
  for (const verb of ["start", "stop", "kill"]) {
    expect(await command(verb)).toEqual({
      error: {
        code: "refused",
        message: `north is attached (RCON at ${ADDRESS}): its bridge does not run it, so start and end it where it runs; everything else works`,
      },
    });
  }
  expect(machine.spawned).toBe(0);
  expect(telemetry.at(-1)?.alarm).toBeUndefined();
  await bridge.close();
  expect(game.commands.some((line) => line.startsWith("/quit"))).toBe(false);
});

test("a map that is paused is not pulled, except once after a delivery; when it goes on, it is pulled again (PU2)", async () => {
  const { master, bridge, game, pulls, runs, advance } = await attached();
  await runs(10);
  expect(pulls()).toBeGreaterThanOrEqual(4);
  // Nobody is in the game any more: from now on only commands move it.
  await advance(5_000);
  const paused = pulls();
  await advance(60_000);
  expect(pulls()).toBe(paused);
  const before = game.tick;
  await advance(60_000);
  // The lease alone goes on.
  expect(game.tick - before).toBeLessThanOrEqual(8);
  master.grant(north, world, { "item:gear": 3 });
  await advance(3_000);
  expect(game.received).toEqual({ "item:gear": 3 });
  expect(pulls()).toBe(paused + 1);
  await runs(40);
  expect(pulls()).toBeGreaterThan(paused + 5);
  await bridge.close();
});

test("a server that goes away is tried again, and a wrong password is told without showing it", async () => {
  const { machine, bridge, server, disk, advance, telemetry, runs } = await attached();
  machine.servers.delete(ADDRESS);
  server.drop?.();
  await advance(10_000);
  expect(telemetry.at(-1)).toMatchObject({
    state: "backing-off",
    attached: true,
    linked: false,
    alarm: `north: the attached server does not answer at ${ADDRESS}: nobody listens`,
  });
  machine.servers.set(ADDRESS, server);
  await disk.write(SECRET, text("an old password\n"));
  await advance(40_000);
  expect(telemetry.at(-1)?.alarm).toContain("wrong password [secret]");
  await disk.remove(SECRET);
  await advance(40_000);
  expect(telemetry.at(-1)?.alarm).toContain(`attach.passwordFile names ${SECRET}: there is no such file`);
  await disk.write(SECRET, text("hunter2hunter2"));
  await advance(40_000);
  await runs(5);
  expect(telemetry.at(-1)).toMatchObject({ state: "running", linked: true });
  expect(telemetry.at(-1)?.alarm).toBeUndefined();
  await bridge.close();
});

test("one that the link gave up is let go of, and taken up again when an operator says start (AT3)", async () => {
  const { master, bridge, game, command, runs, telemetry } = await attached();
  const owner = master.owner;
  master.owner = "zzzzzzzzz-0000" as typeof master.boot;
  master.round++;
  master.state(north);
  await runs(3);
  expect(telemetry.at(-1)).toMatchObject({ state: "stopped", linked: false });
  const heard = game.commands.length;
  await runs(60);
  expect(game.commands).toHaveLength(heard);
  master.owner = owner;
  expect(await command("start")).toMatchObject({ ok: { state: expect.any(String) } });
  await runs(3);
  master.round++;
  master.state(north);
  await runs(3);
  expect(telemetry.at(-1)).toMatchObject({ state: "running", linked: true });
  await bridge.close();
});

test("the configuration takes a server away, and then the bridge runs a game of its own", async () => {
  const { master, machine, bridge, command, advance, telemetry } = await attached();
  const { attach: _, ...config } = master.config;
  master.config = config;
  master.round++;
  master.state(north);
  await advance(5_000);
  master.state(north);
  await advance(5_000);
  expect(telemetry.at(-1)).toMatchObject({ state: "stopped" });
  expect(telemetry.at(-1)?.attached).toBeUndefined();
  expect(await command("start")).toMatchObject({ ok: {} });
  await advance(2_000);
  expect(machine.spawned).toBe(2);
  await bridge.close();
});

test("who is in the game is asked when their number changes: no log says it", async () => {
  const { bridge, game, runs, telemetry } = await attached();
  game.players = 2;
  game.who = ["ann", "bob"];
  await runs(20);
  expect(
    bridge
      .runner(north)
      ?.players.online()
      .players.map(({ player }) => player),
  ).toEqual(["ann", "bob"]);
  expect(telemetry.at(-1)).toMatchObject({ players: 2 });
  const asked = () => game.commands.filter((command) => command.startsWith("/players")).length;
  const before = asked();
  await runs(60);
  expect(asked()).toBe(before);
  game.players = 0;
  game.who = [];
  await runs(20);
  expect(bridge.runner(north)?.players.count).toBe(0);
  await bridge.close();
});
