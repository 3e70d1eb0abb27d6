import { FOLDER, north, scene, settle } from "#bridge/test/bridge-scene";

test("a delivery for an instance that it does not have is an assignment: the folder keeps it and its config", async () => {
  const { master, open, disk, log } = scene();
  const { bridge } = await open();
  master.state(north);
  await settle();
  expect(bridge.runner(north)?.phase).toBe("stopped");
  expect(log).toContain("north is assigned to home");
  const kept = JSON.parse(new TextDecoder().decode(await disk.read(`${FOLDER}/instance.json`)));
  expect(kept).toMatchObject({
    v: 1,
    config: { seed: 7 },
    desired: "stopped",
    link: { epoch: 1, assignment: "signed" },
  });
  await bridge.close();
});

test("an instance that is not its own is not taken", async () => {
  const { master, open, command, advance } = scene();
  master.assigned = false;
  const { bridge } = await open();
  expect(await command("start")).toMatchObject({ error: { code: "refused" } });
  expect(bridge.runner(north)).toBeUndefined();
  // Deliveries that go on although it was refused are not asked about each time.
  const before = master.asked;
  for (let n = 0; n < 10; n++) {
    master.state(north);
    await settle();
  }
  expect(master.asked - before).toBe(1);
  await advance(5_000);
  master.assigned = true;
  master.state(north);
  await settle();
  expect(bridge.runner(north)).toBeDefined();
  await bridge.close();
});
