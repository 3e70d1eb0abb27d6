import { Players } from "#bridge/people/players";
import type { BridgeContext } from "#bridge/ports";
import type { Boot } from "#core/boot";
import { unavailable } from "#core/errors";
import { instanceId, slaveId } from "#core/ids";
import { decodePlayerFact, type PlayerFact } from "#core/people/facts";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { parseEventSubject } from "#core/subjects";

const north = instanceId("north");
const PATH = "/data/players.json";
const settle = async () => {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** One instance's players, a game that says what a test wants, and a connection that may hang or break. */
const scene = () => {
  const clock = new ManualClock();
  const disk = new MemoryDisk();
  const journal: string[] = [];
  const facts: PlayerFact[] = [];
  const game = { online: [] as string[], reply: undefined as string | undefined, asked: 0, isThere: true };
  const line = { flushes: undefined as (() => void)[] | undefined, breaks: false };
  const ports = {
    ...{ clock, disk, journal: (_: string, text: string) => void journal.push(text) },
    facts: {
      publish: (subject: string, bytes: Uint8Array) => {
        const from = parseEventSubject(subject)!;
        facts.push(decodePlayerFact(from, bytes)!);
      },
    },
    bus: {
      connected: () => true,
      flush: async () => {
        if (line.breaks) throw unavailable("the connection broke");
        const { flushes } = line;
        if (flushes !== undefined) await new Promise<void>((resolve) => flushes.push(resolve));
      },
    },
  };
  const context = { ports, boot: "000000001-aaaa" as Boot, settings: { slave: slaveId("home") } };
  const open = async (running = true) => {
    const ask = async () => {
      game.asked++;
      if (!game.isThere) throw unavailable("the game is not there");
      const list = game.online.map((name) => `  ${name} (online)\n`).join("");
      return game.reply ?? `Online players (${game.online.length}):\n${list}`;
    };
    const players = new Players(context as unknown as BridgeContext, { instance: north, path: PATH, ask });
    await players.open(running);
    return players;
  };
  const tick = async (of: Players, ms = 1_000, answers = true) => {
    clock.advance(ms);
    of.tick(answers);
    await settle();
  };
  const day = "2026-08-02 02:16:35";
  const join = (of: Players, player: string) => {
    game.online.push(player);
    of.line(`${day} [JOIN] ${player} joined the game`);
  };
  const told = () => facts.map(({ type, data }) => `${data.player} ${type === "player-joined" ? "came" : data.how}`);
  return { clock, disk, journal, facts, game, line, open, tick, join, told };
};
const names = (players: Players) => players.online().players.map(({ player }) => player);

test("a line that was missed is made good after five minutes, and a reply that is none says nothing", async () => {
  const { open, tick, join, told, game } = scene();
  const players = await open();
  join(players, "ann");
  await tick(players);
  game.reply = "Unknown command";
  await tick(players, 300_000);
  expect(names(players)).toEqual(["ann"]);
  const { asked } = game;
  game.reply = undefined;
  game.online = ["bob"];
  await tick(players, 299_000);
  expect([game.asked, names(players)]).toEqual([asked, ["ann"]]);
  await tick(players, 1_000);
  expect(names(players)).toEqual(["bob"]);
  await tick(players);
  expect(told()).toEqual(["ann came", "ann unseen", "bob came"]);
});

test("where no log is read another number is asked about, and no sooner than ten seconds after", async () => {
  const { open, tick, game } = scene();
  const players = await open();
  await tick(players);
  const { asked } = game;
  game.online = ["ann"];
  players.counted(1);
  await tick(players);
  expect(game.asked).toBe(asked);
  await tick(players, 10_000);
  players.counted(1);
  await tick(players);
  expect([game.asked, names(players)]).toEqual([asked + 1, ["ann"]]);
  await tick(players, 20_000);
  players.counted(1);
  players.counted();
  await tick(players);
  expect(game.asked).toBe(asked + 1);
});

test("PR2: a game that ended before anybody asked it lost its players when they were seen last; one that went away is asked again", async () => {
  const { open, tick, join, told, facts, game, clock } = scene();
  const first = await open();
  join(first, "ann");
  await tick(first);
  const seen = clock.now();
  await tick(first, 60_000);
  await first.close();
  game.isThere = false;
  const second = await open();
  await tick(second, 600_000);
  expect(names(second)).toEqual(["ann"]);
  second.exited();
  await tick(second);
  expect(told()).toEqual(["ann came", "ann unseen"]);
  expect(facts[1]?.data.at).toBe(seen + 60_000);
});

test("PR1: while an answer of the broker is waited for nothing is told twice; what broke on its way is told again", async () => {
  const { open, tick, join, told, line } = scene();
  const players = await open();
  line.flushes = [];
  join(players, "ann");
  await tick(players);
  join(players, "bob");
  await tick(players);
  expect(told()).toEqual(["ann came"]);
  for (const done of line.flushes.splice(0)) done();
  line.flushes = undefined;
  await settle();
  line.breaks = true;
  await tick(players);
  line.breaks = false;
  await tick(players);
  await tick(players);
  expect(told()).toEqual(["ann came", "bob came", "bob came"]);
});

test("a roster that cannot be read is forgotten, and that is said", async () => {
  const { open, disk, journal } = scene();
  await disk.write(PATH, new TextEncoder().encode("{"));
  expect(names(await open())).toEqual([]);
  expect(journal).toEqual([expect.stringContaining("who was online is forgotten")]);
});
