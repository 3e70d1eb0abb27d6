import { FOLDER, IRON, north, scene, settle } from "#bridge/test/bridge-scene";
import { slaveId } from "#core/ids";

/** What may be asked of an instance, when, and what is remembered of it. */

const attic = slaveId("attic");
const stopped = async () => {
  const it = scene();
  const { bridge } = await it.open();
  it.master.state(north);
  await settle();
  return { ...it, bridge, runner: bridge.runner(north)! };
};
const running = async () => {
  const it = scene();
  const { bridge } = await it.linked();
  return { ...it, bridge, runner: bridge.runner(north)! };
};
const refused = (text: string) => ({ code: "refused", message: expect.stringContaining(text) });

test("while something is done in its folder nothing is started or held there; what is held is not started (SD1, MV1)", async () => {
  const { bridge, runner, machine } = await stopped();
  let finish = () => {};
  const work = runner.whileStopped("a new map is being made", () => new Promise<void>((done) => (finish = done)));
  for (const asked of [runner.start(), runner.restart(), runner.hold(attic)])
    await expect(asked).rejects.toMatchObject(refused("a new map is being made"));
  finish();
  await work;
  await runner.hold(attic);
  await expect(runner.start()).rejects.toMatchObject(refused("being moved to attic"));
  // It did not run: given back, it does not either.
  await runner.release();
  await settle();
  expect([machine.spawned, runner.phase, runner.record.desired]).toEqual([0, "stopped", "stopped"]);
  await bridge.close();
});

test("a start of what runs already proves no ports: it has them itself", async () => {
  const it = scene();
  it.master.config = { ...it.master.config, ports: { game: 34_197, rcon: 27_015 } };
  const { bridge } = await it.linked();
  for (const port of [34_197, 27_015]) it.machine.ports.set(port, "in-use");
  expect(await it.command("start")).toMatchObject({ ok: { state: "running" } });
  await bridge.close();
});

test("an operator's start takes back what the link and its saves said, and a link that was given up begins anew", async () => {
  const { bridge, runner, master, machine, command, advance, telemetry } = await running();
  const { owner } = master;
  master.owner = "zzzzzzzzz-0000" as typeof master.boot;
  master.round++;
  master.state(north);
  await advance(2_000);
  expect(telemetry.at(-1)).toMatchObject({ state: "stopped", alarm: expect.stringContaining("started later") });
  machine.writeSave(`${FOLDER}/saves/_autosave1.zip`, [...machine.saves.values()][0]!.content, false);
  master.owner = owner;
  await command("start");
  expect(runner.telemetry().alarm).not.toContain("started later");
  await advance(2_000);
  master.round++;
  master.state(north);
  await advance(2_000);
  expect(runner.telemetry()).toMatchObject({
    ...{ state: "running", linked: true },
    alarm: expect.stringContaining("_autosave1.zip is no whole save"),
  });
  await command("start");
  expect(runner.telemetry().alarm).toBeUndefined();
  await bridge.close();
});

test("a restart is remembered as a wish to run, and a stop that is said meanwhile is the last word", async () => {
  const { bridge, runner, machine, command, advance } = await running();
  machine.deaf = true;
  await command("stop");
  await command("restart");
  expect(runner.record.desired).toBe("running");
  await command("stop");
  machine.deaf = false;
  await command("kill");
  await advance(2_000);
  expect([runner.phase, machine.alive.length]).toEqual(["stopped", 0]);
  await command("start");
  await advance(2_000);
  await command("kill");
  expect(runner.record.desired).toBe("stopped");
  await bridge.close();
});

test("a restart of what runs ends it in order, and starts it again", async () => {
  const { bridge, machine, command, advance, runner } = await running();
  machine.world("north").happen({ exported: { [IRON]: 3 } });
  const before = machine.spawned;
  await command("restart");
  await advance(2_000);
  expect([runner.phase, machine.spawned]).toEqual(["running", before + 1]);
  expect(machine.world("north").exported).toEqual({ [IRON]: 3 });
  await bridge.close();
});

test("its schedule is carried out from the moment that its folder is open", async () => {
  const it = scene();
  it.master.config = {
    ...it.master.config,
    autosaveSeconds: 0,
    schedule: { often: { cron: "* * * * *", action: "save" } },
  };
  const { bridge } = await it.linked();
  const saves = () => it.machine.world("north").commands.filter((line) => line.startsWith("/server-save")).length;
  const before = saves();
  await it.advance(60_500);
  expect(saves()).toBe(before + 1);
  await bridge.close();
});
