import { BOOK_BYTES_MAX, type Book, emptyBook } from "#core/access/book";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { MemoryLog } from "#core/ports/memory/memory-log";
import { subjects } from "#core/subjects";
import { BookStore } from "#projector/access/store";

const PATH = "/book.json";

/** A stream, and a store for each master that a test likes; all on one disk, unless it has its own. */
const scene = () => {
  const clock = new ManualClock();
  const log = new MemoryLog(clock);
  const disk = new MemoryDisk();
  const alarms: string[] = [];
  const open = async (own = disk) => {
    const store = new BookStore({ log, disk: own, path: PATH, clock, alarm: (text) => alarms.push(text) });
    await store.read();
    return store;
  };
  return { clock, log, disk, alarms, open };
};

/** In another order than its schema has them, as decisions make them. */
const withAda = (book: Book): Book => ({
  ...book,
  users: { ada: { days: 30, by: "root", at: 5, expires: 9, generation: 1, state: "active", roles: ["viewer"] } },
});
const bytesOf = (text: string) => new TextEncoder().encode(text);

test("AS1 what is written is what the next one reads; a copy that only this master may read stands on his disk", async () => {
  const { open, disk, alarms } = scene();
  const store = await open();
  await store.write(withAda(store.book));
  expect(store.book.revision).toBe(1);
  expect((await open(new MemoryDisk())).book).toEqual(store.book);
  expect(JSON.parse(new TextDecoder().decode(await disk.read(PATH)))).toEqual(store.book);
  expect(disk.modeOf(PATH)).toBe(0o600);
  expect(alarms).toEqual([]);
});

test("AS2 a stream that was lost, or is an older one, gets the copy's book again: nothing revoked comes back", async () => {
  const { open, log, alarms } = scene();
  const store = await open();
  await store.write(withAda(store.book));
  const older = log.remember();
  await store.write({ ...store.book, revoked: { UX: 1 } });
  for (const loss of [older, () => log.recreate()]) {
    loss();
    expect((await open()).book).toMatchObject({ users: { ada: { days: 30 } }, revoked: { UX: 1 } });
    // Also whoever has no copy reads it now.
    expect((await open(new MemoryDisk())).book.revoked).toEqual({ UX: 1 });
  }
  expect(alarms).toEqual([
    expect.stringContaining("ACCESS knew revision 1 of who may do what"),
    expect.stringContaining("ACCESS knew nothing of who may do what"),
  ]);
});

test("a copy that cannot be read is told and counts for nothing; a stream that cannot be read ends it", async () => {
  const { open, log, disk, alarms } = scene();
  const store = await open();
  await store.write(withAda(store.book));
  await disk.write(PATH, bytesOf("{"));
  expect((await open()).book).toEqual(store.book);
  expect(alarms).toEqual([expect.stringContaining("copy of who may do what cannot be read")]);
  log.store(subjects.access(), bytesOf("{}"));
  await expect(open()).rejects.toMatchObject({ code: "corrupt" });
});

test("AS1 a lost acknowledgement is none: what was stored counts, what was not is told, and so is a full stream", async () => {
  const { open, log } = scene();
  const store = await open();
  log.failNext("stored-unacknowledged");
  await store.write(withAda(store.book));
  expect(store.book).toMatchObject({ revision: 1, users: { ada: {} } });
  for (const fault of ["dropped-unacknowledged", "full"] as const) {
    log.failNext(fault);
    await expect(store.write({ ...store.book, users: {} })).rejects.toMatchObject({ code: "unavailable" });
    expect(store.book).toMatchObject({ revision: 1, users: { ada: {} } });
  }
  await store.write({ ...store.book, users: {} });
  expect(store.book).toMatchObject({ revision: 2, users: {} });
});

test("AS1 of two that write the same change at once one is told to ask again", async () => {
  const { open } = scene();
  const [one, two] = [await open(), await open()];
  await one.write(withAda(one.book));
  await expect(two.write(withAda(two.book))).rejects.toMatchObject({ code: "unavailable" });
  expect(two.book).toEqual(one.book);
});

test("a book that is too large for one message is refused, and the one before it stays", async () => {
  const { open, log } = scene();
  const store = await open();
  const roles = { ...emptyBook(0).roles, wide: { grants: ["x".repeat(BOOK_BYTES_MAX)], by: "root", at: 0 } };
  await expect(store.write({ ...store.book, roles })).rejects.toMatchObject({ code: "refused" });
  expect((await log.info()).lastSeq).toBe(0);
  expect(store.book.revision).toBe(0);
});
