import { FOLDER, north, scene } from "#bridge/test/bridge-scene";
import { unavailable } from "#core/errors";

test("a copy of an instance's folder beside it is left alone, and what has no instance's name is not looked at (K6)", async () => {
  const { linked, open, disk, log, advance, machine } = scene();
  const { bridge } = await linked();
  await bridge.close();
  const record = await disk.read(`${FOLDER}/instance.json`);
  await disk.write(`${FOLDER}-copy/instance.json`, record!);
  await disk.write("/data/instances/An old one/instance.json", new TextEncoder().encode("{"));
  const { bridge: next } = await open();
  await advance(1_000);
  expect(next.runner(north)?.phase).toBe("running");
  expect(machine.alive).toHaveLength(1);
  expect(log).toContain("/data/instances/north-copy is left alone: it is a copy of the folder of north");
  await next.close();
});

test("why the folder cannot be used is said as it is, and a bridge that could not open holds nothing", async () => {
  const { linked, open, disk, machine } = scene();
  const { bridge } = await linked();
  await bridge.close();
  const { write } = disk;
  disk.write = async () => Promise.reject(unavailable("the disk of /data is full"));
  await expect(open()).rejects.toMatchObject({ code: "unavailable", message: "the disk of /data is full" });
  disk.write = async () => Promise.reject(new Error("EROFS"));
  await expect(open()).rejects.toMatchObject({
    code: "unavailable",
    message: "the folder /data cannot be used: EROFS",
  });
  disk.write = write;
  machine.locks.add(`${FOLDER}/lock`);
  await expect(open()).rejects.toMatchObject({ code: "refused" });
  machine.locks.delete(`${FOLDER}/lock`);
  expect([...machine.locks]).toEqual([]);
  await (await open()).bridge.close();
});
