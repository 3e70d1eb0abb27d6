import { listPaths } from "#bridge/people/game-lists";
import { FakeLists, keepLists } from "#bridge/people/test/people-scene";
import { ADDRESS, attached, ROOT, text } from "#bridge/test/attached-scene";
import { FOLDER, north, scene } from "#bridge/test/bridge-scene";
import { encodeJson } from "#core/events/codec";
import { slaveId } from "#core/ids";
import type { InstanceConfig } from "#core/instance-config";

/** What works of a server that the bridge does not run, besides its world's link: with its write-data folder in sight, and without. */

const LOG = `${ROOT}/factorio-current.log`;
const DAY = "2026-08-02 02:16:35";

const lines = async (command: Awaited<ReturnType<typeof attached>>["command"]): Promise<string[]> => {
  const answer = (await command("log", { lines: 50 })) as { ok: { lines: { text: string; from: string }[] } };
  return answer.ok.lines.filter(({ from }) => from === "game").map((line) => line.text);
};

test("its log is followed where its folder is seen, and tells who comes and goes; what it printed before is there (AF1)", async () => {
  const { machine, command, runs, bridge } = await attached(
    {},
    {
      writeData: "elsewhere",
      before: (it) => it.machine.print(LOG, "   0.100 Loading map"),
    },
  );
  machine.print(LOG, `${DAY} [JOIN] ann joined the game`);
  machine.print(LOG, `${DAY} [CHAT] ann: hello`);
  await runs(1);
  expect(await lines(command)).toEqual([
    "   0.100 Loading map",
    `${DAY} [JOIN] ann joined the game`,
    `${DAY} [CHAT] ann: hello`,
  ]);
  expect(await command("players")).toMatchObject({ ok: { players: [{ player: "ann" }] } });
  machine.print(LOG, `${DAY} [LEAVE] ann left the game`);
  await runs(1);
  expect(await command("players")).toEqual({ ok: { players: [] } });
  await bridge.close();
});

test("a folder that is not there is an alarm that says what to do, until it is (AF2)", async () => {
  const { game, disk, telemetry, says, command, runs, bridge } = await attached({}, { writeData: "elsewhere" });
  await runs(2);
  expect(telemetry.at(-1)?.alarm).toBe(
    `north: attach.writeData: nothing is in ${ROOT}: link or mount its write-data folder there (ln -s /srv/factorio ${ROOT}), readable and writable for the bridge`,
  );
  await disk.write(`${ROOT}/player-data.json`, text("{}"));
  await runs(35);
  expect(telemetry.at(-1)?.alarm).toContain(`attach.log: there is no ${LOG}: name what that server prints there`);
  // Until it is there the mod's words count.
  game.players = 1;
  game.who = ["ann"];
  says({ what: "joined", player: "ann" });
  await runs(3);
  expect(await command("players")).toMatchObject({ ok: { players: [{ player: "ann" }] } });
  await disk.write(LOG, text(""));
  await runs(35);
  expect(telemetry.at(-1)?.alarm).toBeUndefined();
  says({ what: "left", player: "ann" });
  await runs(3);
  expect(await lines(command)).toHaveLength(1);
  await bridge.close();
});

test("without its folder the mod's words are its log, and tell who comes and goes to the second", async () => {
  const { game, says, command, runs, bridge } = await attached();
  says({ what: "joined", player: "ann" });
  says({ what: "said", player: "ann", text: "two\nlines" });
  says({ what: "said", text: "from the console" });
  says({ what: "kicked", player: "bob", by: "ann", text: "rude" });
  game.outbox?.push(
    JSON.stringify({ happened: { token: "anothertoken", what: "joined", player: "eve" } }),
    '{"happened":{}}',
  );
  await runs(3);
  expect((await lines(command)).map((line) => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /, ""))).toEqual([
    "[JOIN] ann joined the game",
    "[CHAT] ann: two lines",
    "[CHAT] <server>: from the console",
    "[KICK] bob was kicked by ann. Reason: rude.",
  ]);
  expect(await command("players")).toMatchObject({ ok: { players: [{ player: "ann" }] } });
  says({ what: "left", player: "ann" });
  await runs(3);
  expect(await command("players")).toEqual({ ok: { players: [] } });
  await bridge.close();
});

test("saves are ordered by RCON under names that nobody else gives, and not of a map that stands still (AO1, AO2)", async () => {
  const { told, runs, advance, bridge, open } = await attached({ autosaveSeconds: 8 });
  await runs(15);
  expect(told("/server-save")).toEqual(["/server-save clusterio-auto-1", "/server-save clusterio-auto-2"]);
  await advance(5_000);
  await advance(20_000);
  expect(told("/server-save")).toHaveLength(2);
  await bridge.close();
  const second = await open();
  await runs(12);
  expect(told("/server-save").slice(2)).toEqual(["/server-save clusterio-auto-3"]);
  await second.bridge.close();
});

test("it is told the settings that the configuration names, at each connection all of them, else what changes (AG1)", async () => {
  const { told, server, configure, runs, log, bridge } = await attached({
    settings: { description: "two rails", max_players: 3, visibility: { lan: true }, autosave_slots: 3 },
  });
  const first = ["/config set description two rails", "/config set max-players 3", "/config set visibility-lan true"];
  expect(told("/config").sort()).toEqual(first);
  await configure({ settings: { description: "three rails", visibility: { lan: true } } });
  expect(told("/config").slice(3)).toEqual(["/config set description three rails"]);
  expect(log.join()).toContain(
    "settings.max_players is not set any more: its server keeps the value until it is started anew",
  );
  server.drop?.();
  await runs(10);
  expect(told("/config").slice(4).sort()).toEqual([
    "/config set description three rails",
    "/config set visibility-lan true",
  ]);
  await bridge.close();
});

const withLists = async (lists: InstanceConfig["lists"], writeData?: string) => {
  let cluster: FakeLists | undefined;
  const it = await attached(lists === undefined ? {} : { lists }, {
    ...(writeData === undefined ? {} : { writeData }),
    before: ({ broker, clock }) => {
      cluster = new FakeLists(() => clock.now());
      cluster.set("bans", "griefer", true);
      cluster.set("admins", "former", false);
      keepLists(
        broker,
        cluster,
        () => clock.now(),
        () => {},
      );
    },
  });
  await it.runs(6);
  return { ...it, cluster: cluster! };
};

test("lists are told once, whatever comes and goes, and again when somebody undoes them in the game (TL1)", async () => {
  const { told, cluster, says, server, runs, bridge, open } = await withLists({ bans: "one-way", admins: "one-way" });
  expect(told("/ban")).toEqual(["/ban griefer"]);
  expect(told("/demote")).toEqual(["/demote former"]);
  expect(told("/whitelist")).toEqual([]);
  server.drop?.();
  await runs(10);
  await bridge.close();
  const second = await open();
  await runs(10);
  expect(told("/ban")).toHaveLength(1);
  says({ what: "unbanned", player: "Griefer", by: "ann" });
  await runs(10);
  expect(told("/ban")).toEqual(["/ban griefer", "/ban griefer"]);
  cluster.set("bans", "griefer", false);
  await runs(10);
  expect(told("/unban")).toEqual(["/unban griefer"]);
  await second.bridge.close();
});

test("a list that goes both ways takes what the game's own events say, and nothing else (TL2)", async () => {
  const { told, cluster, says, runs, bridge } = await withLists({ bans: "both", admins: "off" });
  says({ what: "banned", player: "eve", by: "ann", text: "lava" });
  says({ what: "promoted", player: "bob" });
  says({ what: "banned", player: "griefer" });
  await runs(10);
  expect(cluster.members("bans")).toEqual(["eve", "griefer"]);
  expect(cluster.entries.find(({ player }) => player === "eve")).toMatchObject({ reason: "lava", by: "home/north" });
  expect(cluster.members("admins")).toEqual([]);
  // It has them by itself.
  expect(told("/ban")).toEqual(["/ban griefer"]);
  await bridge.close();
});

test("where its folder is seen its lists are files, and one that is gone with its mount is no empty list (GL3)", async () => {
  const files = listPaths(ROOT);
  const { disk, cluster, told, runs, bridge } = await withLists({ bans: "both" }, "elsewhere");
  expect(told("/ban")).toEqual(["/ban griefer"]);
  await disk.write(
    files.bans,
    encodeJson([
      { username: "griefer", reason: "" },
      { username: "eve", reason: "" },
    ]),
  );
  await runs(9);
  expect(cluster.members("bans")).toEqual(["eve", "griefer"]);
  await disk.remove(files.bans);
  await runs(9);
  expect(cluster.members("bans")).toEqual(["eve", "griefer"]);
  await disk.write(files.bans, encodeJson([{ username: "griefer", reason: "" }]));
  await runs(9);
  expect(cluster.members("bans")).toEqual(["griefer"]);
  await bridge.close();
});

test("what was seen in another server's files says nothing of this one's (GL3)", async () => {
  const { disk, cluster, configure, runs, master, bridge } = await withLists({ bans: "both" }, "elsewhere");
  await disk.write(listPaths(ROOT).bans, encodeJson([{ username: "griefer" }, { username: "eve" }]));
  await runs(9);
  await disk.write(listPaths("/data/attached/other").bans, encodeJson([{ username: "griefer" }]));
  const { attach } = master.config;
  await configure({ attach: { ...attach!, writeData: "other" } });
  await runs(9);
  expect(cluster.members("bans")).toEqual(["eve", "griefer"]);
  await bridge.close();
});

test("a move is refused with what to do instead, and so is a restart", async () => {
  const { command, bridge } = await attached();
  const refused = (answer: unknown) => (answer as { error: { code: string; message: string } }).error;
  const runner = bridge.runner(north);
  const move = await runner?.hold(slaveId("attic")).catch((error: Error) => error.message);
  expect(move).toContain(
    `north is attached (RCON at ${ADDRESS}): its bridge does not start it, so it is not moved either`,
  );
  expect(move).toContain(
    "fetch its save where it runs, take the server away (clusterio instance config unset north attach)",
  );
  expect(refused(await command("restart")).message).toContain("start and end it where it runs");
  expect(runner?.telemetry()).toMatchObject({ attached: true });
  await bridge.close();
});

test("while a game of the bridge's own still runs, its files are its own and it is told what changes", async () => {
  const it = scene();
  const { bridge } = await it.linked();
  const attach = { host: "10.0.0.7", port: 27_015, passwordFile: "north-rcon", writeData: "elsewhere" };
  it.master.config = { ...it.master.config, attach, settings: { description: "still ours" } };
  it.master.round++;
  it.master.state(north);
  await it.advance(3_000);
  const runner = bridge.runner(north);
  expect(runner?.attached).toBeUndefined();
  expect(runner?.paths.saves).toBe(`${FOLDER}/saves`);
  expect(it.machine.world("north").commands).toContain("/config set description still ours");
  expect(await it.command("stop")).toMatchObject({ ok: {} });
  await it.advance(5_000);
  expect(runner?.attached).toMatchObject(attach);
  expect(runner?.paths.saves).toBe(`${ROOT}/saves`);
  await bridge.close();
});
