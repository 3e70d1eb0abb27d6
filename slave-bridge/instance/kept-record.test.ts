import { pathsOf } from "#bridge/instance/folder";
import { KeptRecord } from "#bridge/instance/kept-record";
import { decodeRecord, newRecord } from "#bridge/instance/record";
import { instanceId } from "#core/ids";
import { MemoryDisk } from "#core/ports/memory/memory-disk";

const paths = pathsOf("/n");

/** A disk whose first write is slower than its second. */
const scene = () => {
  const disk = new MemoryDisk();
  const write = disk.write.bind(disk);
  const state = { turns: 5, writes: 0 };
  disk.write = async (...of) => {
    state.writes++;
    for (let turn = state.turns--; turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve));
    return write(...of);
  };
  const record = new KeptRecord(
    disk,
    paths,
    newRecord(instanceId("north"), { name: "N", seed: 1, autosaveSeconds: 0 }),
  );
  const onDisk = async () => {
    const bytes = await disk.read(paths.record);
    return bytes === undefined ? undefined : decodeRecord(bytes, paths.record);
  };
  return { disk, state, record, onDisk };
};

test("a change holds at once, and whoever waits for it finds it on disk (R2)", async () => {
  const { record, onDisk } = scene();
  const changed = record.change({ desired: "running" });
  expect(record.now.desired).toBe("running");
  expect(await onDisk()).toBeUndefined();
  await changed;
  expect(await onDisk()).toMatchObject({ desired: "running" });
});

test("writes do not overtake each other, and all are done when they are said to be (R3)", async () => {
  const { record, onDisk } = scene();
  void record.change({ loaded: "a.zip" });
  void record.change({ loaded: "b.zip" });
  await record.written();
  expect(await onDisk()).toEqual(record.now);
  expect(record.now.loaded).toBe("b.zip");
});

test("a write that fails is told to whoever waits for it, and the next one has it all (R3)", async () => {
  const { disk, record, onDisk } = scene();
  const { write } = disk;
  disk.write = async () => Promise.reject(new Error("ENOSPC"));
  await expect(record.change({ loaded: "a.zip" })).rejects.toThrow("ENOSPC");
  await record.written();
  disk.write = write;
  await record.change({ desired: "running" });
  expect(await onDisk()).toMatchObject({ desired: "running", loaded: "a.zip" });
});

test("what is wanted already is not written again", async () => {
  const { record, state } = scene();
  await record.desire("stopped");
  expect(state.writes).toBe(0);
  await record.desire("running");
  await record.desire("running");
  expect(state.writes).toBe(1);
});
