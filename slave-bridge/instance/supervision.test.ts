import { LIMITS } from "#bridge/supervisor/limits";
import { FOLDER, north, scene, settle } from "#bridge/test/bridge-scene";
import { decodeJson } from "#core/events/codec";
import { type LogBatch, logBatch } from "#core/events/log-shapes";
import { subjects } from "#core/subjects";

/** What becomes of a game that dies, hangs or does not load, from the command down to the files. */

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

/** A linked world with two saves of its own. */
const saved = async () => {
  const it = scene();
  const { bridge } = await it.linked();
  await it.advance(25_000);
  const saves = () => [...it.machine.saves.keys()].map((path) => path.slice(`${FOLDER}/saves/`.length)).sort();
  expect(saves()).toEqual(expect.arrayContaining(["auto-1.zip", "auto-2.zip"]));
  const die = (exit: { code?: number; signal?: string }) => it.machine.end(it.machine.alive[0]?.id.pid ?? 0, exit);
  return { ...it, bridge, saves, die };
};

test("a save that the game does not load is set aside and named, and the one before it is started (S10)", async () => {
  const { machine, bridge, saves, die, advance, telemetry, disk } = await saved();
  const newest = [...machine.saves].sort((a, b) => b[1].writtenAt - a[1].writtenAt)[0]?.[0] ?? "";
  machine.spoil(newest);
  die({ signal: "SIGSEGV" });
  await advance(10_000);
  expect(bridge.runner(north)?.telemetry()).toMatchObject({ state: "running", linked: true, world: "north.1" });
  const name = newest.slice(newest.lastIndexOf("/") + 1);
  const aside = saves().filter((save) => save.startsWith("set-aside/"));
  expect(aside).toEqual([expect.stringMatching(new RegExp(`^set-aside/.*-${name}$`))]);
  // Its name stays in the alarm while the game runs on; the next start by an operator takes it away.
  expect(telemetry.at(-1)?.alarm).toContain(
    `the save ${name} was set aside because it does not load: it is now saves/`,
  );
  const reports = await disk.list(`${FOLDER}/crashes`);
  expect(reports).toHaveLength(2);
  expect(text(await disk.read(`${FOLDER}/crashes/${reports[1]}`))).toContain("Couldn't load map");
  await bridge.close();
});

test("when no save of the world is left that loads, it is not begun anew: an operator says what to do", async () => {
  const { machine, bridge, die, advance, telemetry } = await saved();
  for (const path of machine.saves.keys()) if (!path.endsWith("/made.zip")) machine.spoil(path);
  for (const name of ["auto-1", "auto-2"]) machine.saves.delete(`${FOLDER}/saves/${name}.zip`);
  die({ code: 1 });
  await advance(60_000);
  expect(bridge.runner(north)?.phase).toBe("failed");
  expect(telemetry.at(-1)?.alarm).toContain(
    "choose the one to go on from (clusterio save list, clusterio save restore), then start it",
  );
  expect(machine.alive).toHaveLength(0);
  await bridge.close();
});

test("saves that were cut off while being written are set aside before a start, the last three are kept", async () => {
  const { machine, bridge, saves, die, advance, telemetry } = await saved();
  for (let n = 1; n <= 5; n++) {
    machine.writeSave(`${FOLDER}/saves/_autosave${n}.zip`, machine.world("north").save(), false);
    machine.writeSave(`${FOLDER}/saves/holiday.zip`, machine.world("north").save(), false);
    die({ signal: "SIGKILL" });
    await advance(70_000);
  }
  const torn = saves().filter((save) => save.startsWith("set-aside/torn-"));
  expect(torn.map((name) => name.slice(name.lastIndexOf("_")))).toEqual([3, 4, 5].map((n) => `_autosave${n}.zip`));
  expect(telemetry.at(-1)?.alarm).toContain("_autosave5.zip is no whole save");
  // Somebody's own copy is left to him.
  expect(saves()).toContain("holiday.zip");
  await bridge.close();
});

test("a game that answers while its tick stands still is killed and started again; one that is paused is not", async () => {
  const { machine, bridge, advance, telemetry } = await saved();
  const game = machine.world("north");
  const before = machine.spawned;
  game.runs = true;
  await advance(2 * LIMITS.stillMs);
  game.paused = true;
  game.runs = false;
  await advance(2 * LIMITS.stillMs);
  expect(machine.spawned).toBe(before);
  game.paused = false;
  await advance(LIMITS.stillMs + 40_000);
  expect(machine.spawned).toBe(before + 1);
  expect(telemetry.some(({ alarm }) => alarm?.includes("stood at tick") === true)).toBe(true);
  await bridge.close();
});

test("the RCON password stands in no alarm and no report, whatever the game prints", async () => {
  const { machine, bridge, disk, advance, telemetry } = await saved();
  const { args, output, id } = machine.alive[0]!;
  const password = args[args.indexOf("--rcon-password") + 1] ?? "";
  expect(password).toHaveLength(32);
  machine.print(output, `   0.001 Program arguments: "--rcon-password" "${password}"`);
  machine.end(id.pid, { code: 1 });
  await settle();
  await advance(500);
  const [report = ""] = await disk.list(`${FOLDER}/crashes`);
  const kept = text(await disk.read(`${FOLDER}/crashes/${report}`));
  for (const said of [kept, telemetry.at(-1)?.alarm ?? ""]) {
    expect(said).toContain('"--rcon-password" "[secret]"');
    expect(said).not.toContain(password);
  }
  await bridge.close();
});

test("what the game prints and the bridge says of it is on the log's subject, without the password, and kept for who asks", async () => {
  const it = scene();
  const said: LogBatch[] = [];
  it.outside.subscribe(subjects.logsOf(north), ({ data }) => said.push(decodeJson(logBatch, data, "log")));
  const { bridge } = await it.linked();
  const { args, output } = it.machine.alive[0]!;
  it.machine.print(output, `   0.001 Program arguments: ${args.join(" ")}`);
  it.machine.print(output, "2026-08-02 02:16:35 [CHAT] ann: hello");
  await it.advance(1_000);
  const lines = said.flatMap((batch) => batch.lines.map((line, at) => ({ number: batch.first + at, ...line })));
  expect(lines.map(({ number }) => number)).toEqual(lines.map((_, at) => at));
  const texts = lines.map(({ from, text }) => `${from}: ${text}`);
  expect(texts).toEqual(
    expect.arrayContaining([
      "bridge: north is starting",
      "bridge: north is linked",
      expect.stringMatching(/^game: .*changing state from\(CreatingGame\) to\(InGame\)/),
      expect.stringMatching(/^game: .*--rcon-password \[secret\]/),
      "game: 2026-08-02 02:16:35 [CHAT] ann: hello",
    ]),
  );
  const kept = (await it.command("log", { lines: 2 })) as { ok: LogBatch };
  expect(kept.ok).toEqual({
    boot: bridge.boot,
    first: lines.length - 2,
    lines: lines.slice(-2).map(({ number: _, ...line }) => line),
  });
  await bridge.close();

  // A bridge that comes later knows what the game printed last, and does not say it twice.
  said.length = 0;
  const { bridge: next } = await it.open();
  const again = (await it.command("log", { lines: 1_000 })) as { ok: LogBatch };
  expect(again.ok.lines.map(({ text }) => text)).toContain("2026-08-02 02:16:35 [CHAT] ann: hello");
  expect(JSON.stringify(again.ok)).not.toContain(args[args.indexOf("--rcon-password") + 1]);
  await it.advance(1_000);
  expect(said.flatMap((batch) => batch.lines.map(({ text }) => text))).not.toContain(
    "2026-08-02 02:16:35 [CHAT] ann: hello",
  );
  await next.close();
});

test("a disk on which nothing can be kept keeps no game from being started again", async () => {
  const { bridge, die, advance, disk, log } = await saved();
  const write = disk.write.bind(disk);
  disk.write = async (path, ...rest) => {
    if (path.includes("/crashes/")) throw new Error("ENOSPC: no space left on device");
    return write(path, ...rest);
  };
  die({ code: 1 });
  await advance(10_000);
  expect(bridge.runner(north)?.telemetry()).toMatchObject({ state: "running", linked: true });
  expect(log).toContain("north: what it printed last is not kept: ENOSPC: no space left on device");
  await bridge.close();
});

test("of a game that dies again and again, what it printed is kept ten times", async () => {
  const { bridge, die, advance, disk } = await saved();
  for (let n = 0; n < 12; n++) {
    die({ code: 1 });
    await advance(70_000);
  }
  const kept = await disk.list(`${FOLDER}/crashes`);
  expect(kept).toHaveLength(10);
  expect(kept.at(-1)! > kept[0]!).toBe(true);
  await bridge.close();
});
