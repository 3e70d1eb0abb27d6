import { notesAfterSave, notesPath, SaveNotes, statedAfter } from "#bridge/saves/notes";
import type { FactBody } from "#core/events/facts";
import { MemoryDisk } from "#core/ports/memory/memory-disk";

/** What is noted of saves when they are written: for people, so that nothing of it may stop anything. */
const PLATE = "item:iron-plate";
const fact = (type: "world-synced" | "world-reported", data: object) =>
  ({ type, data: { world: "a.1", tick: 5, exported: {}, received: {}, ...data } }) as unknown as FactBody;
const NONE = { world: "", tick: 0, exported: {}, received: {} } as const;
const file = (path: string, writtenAt: number) => ({ path, writtenAt, bytes: 1 });
const synced = statedAfter(NONE, fact("world-synced", { exported: { [PLATE]: 7 } }));

test("totals are those of one world: another one, or its next session, begins anew, and the tick only rises", () => {
  expect(statedAfter(synced, fact("world-reported", { world: "a.2", tick: 1 }))).toEqual({
    ...{ world: "a.2", tick: 1, exported: {}, received: {} },
  });
  expect(statedAfter(synced, fact("world-reported", { tick: 3 }))).toMatchObject({ tick: 5, exported: { [PLATE]: 7 } });
  expect(statedAfter(synced, { type: "world-adopted", data: {} } as never)).toBe(synced);
});

test("nothing is noted of a world that nobody knows, nor twice of one file; only the newest few hundred stay", () => {
  expect(notesAfterSave({}, [file("x.zip", 1)], NONE)).toEqual({});
  const one = notesAfterSave({}, [file("x.zip", 1)], synced);
  const later = statedAfter(synced, fact("world-reported", { tick: 900 }));
  expect(notesAfterSave(one, [file("x.zip", 1)], later)).toEqual(one);
  const files = Array.from({ length: 250 }, (_, n) => file(`s${n}.zip`, n + 1));
  let notes = {};
  for (let n = 0; n < files.length; n++) notes = notesAfterSave(notes, files.slice(0, n + 1), synced);
  expect(Object.keys(notes)).toHaveLength(200);
  expect(notes).toHaveProperty(["s249.zip"]);
  expect(notes).not.toHaveProperty(["s49.zip"]);
});

test("totals of very many resources are left out of a note", () => {
  const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, n) => [`item:i${n}`, 1]));
  const notes = notesAfterSave({}, [file("x.zip", 1)], statedAfter(NONE, fact("world-synced", { exported: many })));
  expect(notes["x.zip"]).toEqual({ writtenAt: 1, world: "a.1", tick: 5 });
});

test("who asks is told what was noted before; a file that cannot be read is as good as none, and is written anew", async () => {
  const disk = new MemoryDisk();
  const notes = new SaveNotes(disk, "/n", async () => [file("x.zip", 1)]);
  notes.heard(fact("world-synced", {}));
  void notes.saved();
  expect(await notes.all()).toHaveProperty(["x.zip"]);
  await disk.write(notesPath("/n"), new TextEncoder().encode("{"));
  expect(await notes.all()).toEqual({});
  await notes.saved();
  expect(await notes.all()).toHaveProperty(["x.zip"]);
});

test("what is as it was is not written again, and a disk that is full stops nobody", async () => {
  const disk = new MemoryDisk();
  let writes = 0;
  const write = disk.write.bind(disk);
  disk.write = async (...of) => {
    writes++;
    return write(...of);
  };
  const notes = new SaveNotes(disk, "/n", async () => [file("x.zip", 1)]);
  notes.heard(fact("world-synced", {}));
  await notes.saved();
  await notes.saved();
  expect(writes).toBe(1);
  disk.write = async () => Promise.reject(new Error("ENOSPC"));
  notes.heard(fact("world-synced", { world: "a.2" }));
  const full = new SaveNotes(disk, "/n", async () => [file("y.zip", 2)]);
  full.heard(fact("world-synced", {}));
  await full.saved();
  expect(await full.all()).toHaveProperty(["x.zip"]);
});
