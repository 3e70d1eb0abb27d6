import { LiveSettings, liveCommands } from "#bridge/instance/live-settings";
import { secretPath } from "#bridge/instance/secrets";
import { serverSettings, settingsOf } from "#bridge/instance/settings";
import { FOLDER, north, scene, settle } from "#bridge/test/bridge-scene";
import { LIVE_SETTINGS } from "#core/config-effect";
import { patchedConfig } from "#core/config-patch";
import type { InstanceConfig } from "#core/instance-config";
import { MemoryDisk } from "#core/ports/memory/memory-disk";

const config: InstanceConfig = { name: "North", seed: 7, autosaveSeconds: 10 };
const told = (patch: object, from = config) =>
  liveCommands(settingsOf(from), settingsOf(patchedConfig(from, patch as Record<string, unknown>)));

test("the game's settings are the configuration's, else ours; the segments that the bridge reckons with stay", () => {
  const text = serverSettings(
    patchedConfig(config, {
      settings: { max_players: 9, visibility: { lan: true }, auto_pause: true, token_file: "t" },
    }),
    { token: "secret" },
  );
  expect(JSON.parse(text)).toMatchObject({
    ...{ name: "North", max_players: 9, visibility: { lan: true, public: false }, auto_pause: true, token: "secret" },
    ...{ autosave_interval: 1_440, maximum_segment_size: 100, password: "", game_password: "" },
  });
  expect(text).not.toContain("_file");
  const own = patchedConfig(config, { autosaveSeconds: 0, settings: { autosave_interval: 3, name: "Listed" } });
  expect(JSON.parse(serverSettings(own))).toMatchObject({ autosave_interval: 3, name: "Listed" });
});

test("what changed is told by the game's own names, and nothing else", () => {
  expect(told({})).toEqual([]);
  expect(told({ settings: { max_players: 3, tags: ["a", "b"], description: "x y" } })).toEqual([
    "/config set description x y",
    "/config set tags a b",
    "/config set max-players 3",
  ]);
  expect(
    told({ settings: { auto_pause: true, autosave_slots: 9, game_password_file: "p" }, ports: { game: 5 } }),
  ).toEqual([]);
  expect(told({ autosaveSeconds: 0 })).toEqual(["/config set autosave-interval 10"]);
});

test("verification and public visibility change in the order that the game takes", () => {
  const open = { settings: { visibility: { public: true }, username: "u", token_file: "t" } };
  const lax = patchedConfig(config, { settings: { require_user_verification: false } });
  const verified = "/config set require-user-verification";
  const shown = "/config set visibility-public";
  expect(told({ ...open, settings: { ...open.settings, require_user_verification: true } }, lax)).toEqual([
    `${verified} true`,
    `${shown} true`,
  ]);
  const public_ = patchedConfig(config, open);
  expect(told({ settings: { visibility: { public: false }, require_user_verification: false } }, public_)).toEqual([
    `${shown} false`,
    `${verified} false`,
  ]);
  expect(Object.keys(LIVE_SETTINGS)).toHaveLength(15);
});

test("what changes while a game is being told is told after that, and not between", async () => {
  const disk = new MemoryDisk();
  await disk.write("/s.json", new TextEncoder().encode(JSON.stringify(settingsOf(config))));
  const sent: string[] = [];
  const live = new LiveSettings({
    ...{ disk, path: "/s.json", note: () => {} },
    send: async (command) => {
      await settle();
      sent.push(command);
    },
  });
  void live.apply({ ...config, settings: { max_players: 3 } });
  await live.apply({ ...config, settings: { max_players: 4 } });
  expect(sent).toEqual(["/config set max-players 3", "/config set max-players 4"]);
  expect(JSON.parse(new TextDecoder().decode(await disk.read("/s.json")))).toMatchObject({ max_players: 4 });
});

describe("a bridge", () => {
  const configured = async () => {
    const at = scene();
    const { bridge } = await at.linked();
    const told = () => at.machine.world("north").commands.filter((command) => command.startsWith("/config "));
    const configure = async (patch: Record<string, unknown>) => {
      at.master.config = patchedConfig(at.master.config, patch);
      at.master.state(north);
      await at.advance(2_500);
    };
    return { ...at, bridge, told, configure };
  };

  test("tells a running game what it can take, once, and leaves the rest to the next start", async () => {
    const { bridge, told, configure, master, advance } = await configured();
    await configure({ settings: { max_players: 3, auto_pause: true } });
    expect(told()).toEqual(["/config set max-players 3"]);
    master.state(north);
    await advance(5_000);
    expect(told()).toHaveLength(1);
    await bridge.close();
  });

  test("tells a game that it took over what changed while nobody was there (GS1)", async () => {
    const { bridge, told, open, master, advance } = await configured();
    await bridge.close();
    master.config = patchedConfig(master.config, { settings: { max_players: 8 } });
    const { bridge: next } = await open();
    await advance(1_000);
    master.state(north);
    await advance(3_000);
    expect(told()).toEqual(["/config set max-players 8"]);
    await next.close();
  });

  test("a save that the configuration names and that does not open is named, and none is started instead", async () => {
    const { machine, bridge, configure, command, advance, telemetry } = await configured();
    await command("stop");
    await advance(1_000);
    machine.writeSave(`${FOLDER}/saves/torn.zip`, [...machine.saves.values()][0]!.content, false);
    await configure({ save: "torn.zip" });
    await command("start");
    await advance(1_000);
    expect(telemetry.at(-1)).toMatchObject({
      state: "failed",
      alarm: expect.stringMatching(/saves\/torn\.zip.* does not open/),
    });
    await bridge.close();
  });

  test("reads secrets from its own folder at a start, and says where one is missing", async () => {
    const { machine, master, disk, open, command, advance, telemetry } = scene();
    const { bridge } = await open();
    master.config = patchedConfig(master.config, { settings: { game_password_file: "door" } });
    master.state(north);
    await settle();
    await command("start");
    await advance(1_000);
    expect(telemetry.at(-1)).toMatchObject({
      state: "failed",
      alarm: expect.stringMatching(/game_password_file names \/data\/secrets\/door/),
    });
    await disk.write(secretPath("/data", "door"), new TextEncoder().encode("sesame\nnot this\n"));
    await command("start");
    await advance(1_000);
    const settings = new TextDecoder().decode(await disk.read(`${FOLDER}/server-settings.json`));
    expect(JSON.parse(settings)).toMatchObject({ game_password: "sesame" });
    expect(machine.alive).toHaveLength(1);
    expect(JSON.stringify(telemetry)).not.toContain("sesame");
    await bridge.close();
  });

  test("goes on from the save that the configuration names, once", async () => {
    const { machine, bridge, configure, command, advance, telemetry } = await configured();
    const saves = `${FOLDER}/saves`;
    await command("stop");
    await advance(1_000);
    await configure({ save: "keep.zip" });
    await command("start");
    await advance(1_000);
    expect(telemetry.at(-1)).toMatchObject({
      state: "failed",
      alarm: expect.stringMatching(/saves\/keep\.zip.* is not there/),
    });
    const [save] = machine.saves.values();
    machine.writeSave(`${saves}/keep.zip`, save!.content);
    const copied = () => machine.saves.get(`${saves}/given.zip`)?.writtenAt;
    await command("start");
    await advance(2_500);
    const first = copied();
    expect([telemetry.at(-1)?.state, first]).toEqual(["running", expect.any(Number)]);
    await command("stop");
    await advance(1_000);
    await command("start");
    await advance(2_500);
    expect([telemetry.at(-1)?.state, copied()]).toEqual(["running", first]);
    await bridge.close();
  });
});
