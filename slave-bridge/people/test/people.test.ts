import { people } from "#bridge/people/test/people-scene";
import { north } from "#bridge/test/bridge-scene";

const DAY = "2026-08-02 02:16:35";

describe("players of an instance", () => {
  test("PR1: who comes and goes in the game's log is told as facts, answered by the bridge, and ends with the game", async () => {
    const { say, facts, command, advance, bridge } = await people();
    say(`${DAY} [JOIN] ann joined the game`);
    say(`${DAY} [JOIN] bob joined the game`);
    await advance(1_000);
    say(`${DAY} [LEAVE] ann left the game`);
    await advance(1_000);
    expect(facts.map(({ type, data }) => [type, data.player])).toEqual([
      ["player-joined", "ann"],
      ["player-joined", "bob"],
      ["player-left", "ann"],
    ]);
    expect(await command("players")).toMatchObject({ ok: { players: [{ player: "bob" }] } });
    expect(bridge.runner(north)?.telemetry()).toMatchObject({ players: 1 });
    await command("stop");
    await advance(2_000);
    expect(facts.at(-1)).toMatchObject({ type: "player-left", data: { player: "bob", how: "stopped" } });
    expect(await command("players")).toEqual({ ok: { players: [] } });
    await bridge.close();
  });

  test("PR2: an adopted game is asked who is there; who left meanwhile left when he was seen last", async () => {
    const { say, facts, advance, open, bridge, bus, machine, online } = await people();
    say(`${DAY} [JOIN] ann joined the game`);
    await advance(70_000);
    bus.setConnected(false);
    const seen = facts.length;
    await bridge.close();
    await advance(600_000);
    online.splice(0, 1, "eve");
    expect(machine.alive).toHaveLength(1);
    const second = await open();
    await advance(5_000);
    const [left, came] = facts.slice(seen);
    expect(left).toMatchObject({ type: "player-left", data: { player: "ann", how: "unseen" } });
    expect(left?.data.at).toBeLessThan(came?.data.at ?? 0);
    expect(left?.type === "player-left" && left.data.at - left.data.since).toBeGreaterThanOrEqual(60_000);
    expect(came).toMatchObject({ type: "player-joined", data: { player: "eve" } });
    await second.bridge.close();
  });

  test("PR1, PR3: what happens while there is no connection is told when there is one, some at a time", async () => {
    const { say, facts, advance, bridge, bus } = await people();
    bus.setConnected(false);
    for (let n = 0; n < 100; n++) say(`${DAY} [JOIN] p${n} joined the game`);
    await advance(5_000);
    expect(facts).toEqual([]);
    bus.setConnected(true);
    await advance(1_000);
    expect(facts.length).toBeGreaterThan(0);
    expect(facts.length).toBeLessThan(80);
    await advance(60_000);
    expect(facts).toHaveLength(100);
    await bridge.close();
  });

  test("orders about players are the game's own commands; a name that would be more than a word is refused", async () => {
    const { command, said, bridge } = await people();
    expect(await command("player-kick", { player: "eve", reason: " be nice " })).toEqual({
      ok: { said: "done: /kick eve be nice" },
    });
    await command("player-whitelist-add", { player: "ann" });
    expect(said.slice(-2)).toEqual(["/kick eve be nice", "/whitelist add ann"]);
    for (const player of ["two words", "", "/c", "new\nline"])
      expect(await command("player-ban", { player })).toMatchObject({ error: { code: "bad-input" } });
    await bridge.close();
  });
});

describe("lists of an instance", () => {
  const both = { admins: "both", bans: "both", whitelist: "one-way" } as const;

  test("LY1: a ban of the cluster reaches a running game, one of the game the cluster, and neither comes back", async () => {
    const { cluster, file, said, advance, bridge, command, exchanged } = await people({ lists: both });
    cluster.set("bans", "eve", true);
    await advance(8_000);
    expect(said.filter((line) => line.startsWith("/ban"))).toEqual(["/ban eve"]);
    expect(await file("bans")).toEqual(["eve"]);
    await command("player-ban", { player: "bob" });
    await advance(8_000);
    expect(cluster.members("bans")).toEqual(["bob", "eve"]);
    const changes = exchanged();
    await advance(60_000);
    expect(said.filter((line) => line.startsWith("/ban"))).toEqual(["/ban eve", "/ban bob"]);
    expect(exchanged()).toEqual(changes);
    await command("player-unban", { player: "eve" });
    await advance(8_000);
    expect(cluster.members("bans")).toEqual(["bob"]);
    await bridge.close();
  });

  test("a start writes the files; what goes one way is what the cluster says; CO2: an unknown cluster touches nothing", async () => {
    const { cluster, file, write, advance, bridge, command, started } = await people({ lists: both }, { start: false });
    write("admins", ["zoe"]);
    write("whitelist", ["zoe"]);
    cluster.set("whitelist", "ann", true);
    cluster.set("admins", "ann", true);
    await advance(5_000);
    await command("start");
    await advance(3_000);
    expect(await file("admins")).toEqual(["ann", "zoe"]);
    expect(await file("whitelist")).toEqual(["ann"]);
    expect(started()).toContain("--use-server-whitelist");
    await advance(8_000);
    expect(cluster.members("admins")).toEqual(["ann", "zoe"]);
    await bridge.close();
    const alone = await people({ lists: both }, { start: false, master: false });
    alone.write("admins", ["zoe"]);
    await alone.command("start");
    await alone.advance(20_000);
    expect(await alone.file("admins")).toEqual(["zoe"]);
    await alone.bridge.close();
  });

  test("GL2: what a game did while no bridge looked does not outrank what was said since", async () => {
    const { cluster, file, write, advance, bridge, open } = await people({ lists: both });
    await advance(8_000);
    await bridge.close();
    await advance(600_000);
    cluster.set("bans", "eve", true);
    cluster.set("bans", "eve", false);
    write("bans", [{ username: "eve" }, { username: "zoe" }]);
    await advance(600_000);
    const second = await open();
    await advance(15_000);
    expect(cluster.members("bans")).toEqual(["zoe"]);
    expect(await file("bans")).toEqual(["zoe"]);
    await second.bridge.close();
  });
});
