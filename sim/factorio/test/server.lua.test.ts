import { createSocket } from "node:dgram";
import { readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { AUTH, EXECUTE, encodeFrame } from "#sim/factorio/rcon-frames";
import { RconClient } from "#sim/factorio/test/rcon-client";
import { Installation } from "#sim/factorio/test/server-process";

const control = `
  script.on_init(function() storage.count = 0 end)
  commands.add_command("count", "", function() storage.count = storage.count + 1 rcon.print(storage.count) end)
  commands.add_command("tick", "", function() rcon.print(game.tick) end)
  commands.add_command("echo", "", function(c) rcon.print(c.parameter) end)
  commands.add_command("big", "", function() rcon.print(string.rep("x", 200000)) end)
  commands.add_command("crash", "", function() local x = nil + 1 end)
  commands.add_command("write", "", function()
    helpers.write_file("deep/er/file.txt", "one\\n", true, 0) helpers.write_file("deep/er/file.txt", "two\\n", true, 0)
    print("to", "stdout") log("to the log")
  end)
`;

let place: Installation;
/** What a test leaves open, whether it passes or not. */
const closers: (() => void)[] = [];

beforeAll(async () => {
  place = new Installation({ m: { "control.lua": control } });
  await place.create();
});
afterAll(() => place.remove());
afterEach(async () => {
  for (const close of closers.splice(0)) close();
  await place.stop();
});

const client = async (port: number) => {
  const opened = await RconClient.open(port);
  closers.push(() => opened.socket.destroy());
  return opened;
};

test("it prints the lines that others wait for, in the game's order, and the loaded tick", async () => {
  const { server } = await place.start();
  const anchors = [
    /^ +\d+\.\d{3} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d; Factorio 2\.1\.\d+ \(build \d+, linux64, headless/m,
    /Program arguments: .*"--rcon-password" "<private>"/,
    /Loading mod m 1\.0\.0|Checksum for m: \d+/,
    /Factorio initialised/,
    /Info ServerMultiplayerManager\.cpp:\d+: updateTick\(\d+\) changing state from\(Ready\) to\(PreparedToHostGame\)/,
    /Loading map \S+map\.zip: \d+ bytes\./,
    /Hosting game at IP ADDR:\(\{127\.0\.0\.1:0\}\)/,
    /updateTick\(0\) changing state from\(CreatingGame\) to\(InGame\)/,
    /Starting RCON interface/,
  ];
  const places = anchors.map((anchor) => server.output.search(anchor));
  expect(places.filter((at) => at < 0)).toEqual([]);
  expect([...places].sort((a, b) => a - b)).toEqual(places);
  server.child.kill("SIGTERM");
  expect(await server.exited).toBe(0);
  const end = [
    /Received SIGTERM, shutting down/,
    /Quitting: signal\./,
    /Saving map as/,
    /Saving progress: 100\.000000%/,
    /to\(Closed\)/,
    /Goodbye/,
  ];
  const after = end.map((line) => server.output.search(line));
  expect(after.filter((at) => at < 0)).toEqual([]);
  expect([...after].sort((a, b) => a - b)).toEqual(after);
});

test("RCON: several connections, requests cut or joined at will, one reply each", async () => {
  const { server, rconPort } = await place.start();
  const [a, b] = [await client(rconPort), await client(rconPort)];
  const bytes = Buffer.concat(
    ["one", "two", "three"].map((body, i) => encodeFrame({ id: 100 + i, type: EXECUTE, body: `/echo ${body}` })),
  );
  for (const byte of bytes) a.socket.write(Buffer.from([byte]));
  expect([await a.next(), await a.next(), await a.next()]).toEqual(
    ["one\n", "two\n", "three\n"].map((body, i) => ({ id: 100 + i, type: 0, body })),
  );
  expect(await b.command("/big")).toHaveLength(200_001);
  expect(await b.command("/write")).toBe("");
  server.child.kill("SIGINT");
  expect(await server.exited).toBe(0);
  expect(server.output).toContain("Received SIGINT, shutting down");
});

test("RCON: a wrong password is answered with id -1, an empty command never, a command before the password with the end", async () => {
  const { server, rconPort } = await place.start();
  const stranger = new RconClient(rconPort);
  closers.push(() => stranger.socket.destroy());
  expect(await stranger.request(AUTH, "wrong")).toEqual({ id: -1, type: 2, body: "" });
  expect(await stranger.request(EXECUTE, "/count")).toBeUndefined();
  const good = await client(rconPort);
  good.send(EXECUTE, "");
  expect(await good.command("/echo first answer")).toBe("first answer\n");
  good.send(EXECUTE, "/quit");
  expect(await server.exited).toBe(0);
  expect(server.output).toContain("Quitting: remote-quit.");
});

test("a command's files are on disk before its answer; prints and logs reach the output", async () => {
  const { server, rconPort } = await place.start();
  await (await client(rconPort)).command("/write");
  expect(place.read("script-output/deep/er/file.txt")).toMatch(/one\ntwo\n$/);
  await server.printed(/^to\tstdout$/m);
  await server.printed(/^ +\d+\.\d{3} Script @__m__\/control\.lua:\d+: to the log$/m);
  server.child.kill("SIGTERM");
  await server.exited;
});

test("it saves at the end and goes on from there; what was after a save is gone when it is killed", async () => {
  const first = await place.start();
  const before = Number(await (await client(first.rconPort)).command("/count"));
  first.server.child.kill("SIGTERM");
  await first.server.exited;
  const second = await place.start();
  const rcon = await client(second.rconPort);
  expect(Number(await rcon.command("/count"))).toBe(before + 1);
  expect(await rcon.command("/server-save kept")).toBe("Saving map...\n");
  await second.server.printed(/Saving finished/);
  expect(Number(await rcon.command("/count"))).toBe(before + 2);
  second.server.child.kill("SIGKILL");
  await second.server.exited;
  const third = await place.start({ argv: ["--start-server", "kept"] });
  expect(Number(await (await client(third.rconPort)).command("/count"))).toBe(before + 2);
});

test("it autosaves by game time into slots, each whole when it has its name", async () => {
  const { server } = await place.start({
    settings: { autosave_interval: 1 / 60, autosave_slots: 2 },
    argv: ["--speed", "20"],
  });
  await server.printed(
    /Saving to _autosave2 \(blocking\)\.[\s\S]*Saving finished[\s\S]*Saving to _autosave1 \(blocking\)/,
  );
  server.child.kill("SIGTERM");
  await server.exited;
  expect(readdirSync(place.path("saves")).filter((name) => name.startsWith("_autosave"))).toEqual([
    "_autosave1.zip",
    "_autosave2.zip",
  ]);
  const latest = await place.start({ argv: ["--start-server-load-latest", "--until-tick", "1"] });
  expect(await latest.server.exited).toBe(0);
});

test("paused without players, a command makes the map advance by one tick, and nothing else does", async () => {
  const { server, rconPort } = await place.start({ settings: { auto_pause: true } });
  const rcon = await client(rconPort);
  const ticks = [
    Number(await rcon.command("/tick")),
    Number(await rcon.command("/tick")),
    Number(await rcon.command("/tick")),
  ];
  expect(ticks.map((tick) => tick - (ticks[0] ?? 0))).toEqual([0, 1, 2]);
  server.child.kill("SIGTERM");
  expect(await server.exited).toBe(0);
});

test("a mod's error ends it with 1 and without a save", async () => {
  const { server, rconPort } = await place.start();
  const rcon = await client(rconPort);
  await rcon.command("/count");
  rcon.send(EXECUTE, "/crash");
  expect(await server.exited).toBe(1);
  expect(server.output).toMatch(
    /Error MainLoop\.cpp:\d+: Exception at tick \d+: The mod m \(1\.0\.0\) caused a non-recoverable error/,
  );
  expect(server.output).toContain("changing state from(InGame) to(Failed)");
  expect(server.output).not.toContain("Saving map as");
});

test("standard input takes commands and chat; its end does not end the server", async () => {
  const { server, rconPort } = await place.start();
  server.child.stdin.write("/echo from stdin\nhello all\n");
  await server.printed(/^from stdin$/m);
  await server.printed(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[CHAT\] <server>: hello all$/m);
  server.child.stdin.end();
  await server.printed(/Error .*standard input/);
  expect(await (await client(rconPort)).command("/echo still here")).toBe("still here\n");
  server.child.kill("SIGTERM");
  expect(await server.exited).toBe(0);
});

test("a taken RCON port, a taken game port, a taken folder: each is told and ends it with 1", async () => {
  const listener = createServer();
  const udp = createSocket("udp4");
  closers.push(
    () => listener.close(),
    () => udp.close(),
  );
  await Promise.all([
    new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve)),
    new Promise<void>((resolve) => udp.bind(0, "127.0.0.1", resolve)),
  ]);
  const port = (listener.address() as { port: number }).port;
  const base = ["--start-server", "map", "--bind", "127.0.0.1"];
  const rcon = place.run(...base, "--port", "0", "--rcon-bind", `127.0.0.1:${port}`, "--rcon-password", "x");
  expect(await rcon.exited).toBe(1);
  expect(rcon.output).toContain("Can't bind socket: Address already in use");
  const game = place.run(...base, "--port", String(udp.address().port));
  expect(await game.exited).toBe(1);
  expect(game.output).toContain("MultiplayerManager failed: Host address is already in use.");
  const { server } = await place.start();
  const second = place.run(...base, "--port", "0");
  expect(await second.exited).toBe(1);
  expect(second.output).toContain("Is another instance already running?");
  server.child.kill("SIGTERM");
  await server.exited;
});

test("a save that is cut short, or none, is told and ends it with 1", async () => {
  writeFileSync(place.path("saves/broken.zip"), "PK not a zip");
  for (const [name, message] of [
    ["broken", "not a zip"],
    ["missing", "does not exist"],
  ] as const) {
    const server = place.run("--start-server", name, "--port", "0", "--bind", "127.0.0.1");
    expect(await server.exited).toBe(1);
    expect(server.output).toContain(message);
  }
});

test("--version prints what it can open; an unknown flag is an error line and 1", async () => {
  const version = place.run("--version");
  expect(await version.exited).toBe(0);
  expect(version.output).toMatch(/^Version: 2\.1\.\d+ [\s\S]*Map input version: [\s\S]*Map output version: 2\.1/);
  const unknown = place.run("--no-such-flag");
  expect(await unknown.exited).toBe(1);
  expect(unknown.output).toBe("Error: unrecognised option '--no-such-flag'\n");
});

test("the seed of --create is the map's; mod-list.json is rewritten at the end", async () => {
  const { server, rconPort } = await place.start();
  expect(await (await client(rconPort)).command("/seed")).toBe("5\n");
  server.child.kill("SIGTERM");
  await server.exited;
  expect(JSON.parse(place.read("mods/mod-list.json"))).toEqual({
    mods: ["base", "m", "quality"].map((name) => ({ name, enabled: true })),
  });
});
