import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { refused, unavailable } from "#core/errors";
import { instanceId, slaveId } from "#core/ids";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryBroker } from "#core/ports/memory/memory-bus";
import { MemoryLog } from "#core/ports/memory/memory-log";
import { subjects } from "#core/subjects";
import type { Manifest } from "#ctl/backup/manifest";
import { each, firstLacking, isLed, type Ledger, load, restoreLedger } from "#ctl/backup/restore";
import { Folder, ledgerLog, never, trade } from "#ctl/ledger/test/kit";
import { ArchiveWriter } from "#ctl/ledger/write-archive";
import type { Saves } from "#ctl/save/base";
import type { FileChannel } from "#ctl/save/channel";
import { digestOf } from "#ctl/save/local-file";

let folder: Folder;
beforeEach(async () => {
  folder = await Folder.make();
});
afterEach(() => folder.close());

/** A stream that a restore writes into, and that begins where it is told to. */
const ledger = (log: MemoryLog, began: number[] = []): Ledger => ({
  info: () => log.info(),
  get: (seq) => log.get(seq),
  append: (subject, data, expected) => log.append(subject, data, expected),
  beginAt: async (seq) => void began.push(seq),
});
const archived = () => folder.archive(ledgerLog(trade(8, [6])));

describe("BR1 LEDGER", () => {
  test("is put back where it is empty, and gone on with where it holds the beginning; never over anything else", async () => {
    const archive = await archived();
    const { to } = archive.header;
    const log = new MemoryLog(new ManualClock());
    expect(await firstLacking(ledger(log), archive)).toBe(1);
    const all = await archive.read(1, to);
    for (const { subject, data } of all.slice(0, 3)) log.store(subject, data);
    expect(await firstLacking(ledger(log), archive)).toBe(4);
    const began: number[] = [];
    await restoreLedger(ledger(log, began), archive.path, never);
    expect(began).toEqual([]);
    expect((await log.read(1, to + 1)).map(({ data }) => Buffer.from(data))).toEqual(
      all.map(({ data }) => Buffer.from(data)),
    );
    // All is there: nothing lacks, and nothing is written.
    expect(await firstLacking(ledger(log), archive)).toBeUndefined();
    await restoreLedger(ledger(log), archive.path, never);
    log.truncate(3);
    const whole = log.remember();
    log.damage(3, new Uint8Array([1]));
    expect(await firstLacking(ledger(log), archive)).toBeUndefined();
    whole();
    expect(await firstLacking(ledger(log), archive)).toBe(4);
    await log.purgeBelow(2);
    expect(await firstLacking(ledger(log), archive)).toBeUndefined();
    // Nothing is left of it, and yet it does not begin at the beginning.
    await log.purgeBelow(4);
    await expect(restoreLedger(ledger(log), archive.path, never)).rejects.toThrow("make the stream anew first");
  });

  test("that somebody else writes to, or that does not answer, ends it; the same goes on", async () => {
    const archive = await archived();
    const log = new MemoryLog(new ManualClock());
    log.failNext("full");
    await expect(restoreLedger(ledger(log), archive.path, never)).rejects.toMatchObject({ code: "refused" });
    log.failNext("dropped-unacknowledged");
    await expect(restoreLedger(ledger(log), archive.path, never)).rejects.toMatchObject({ code: "unavailable" });
    log.failNext("stored-unacknowledged");
    await expect(restoreLedger(ledger(log), archive.path, never)).rejects.toMatchObject({ code: "unavailable" });
    expect(await firstLacking(ledger(log), archive)).toBe(2);
    const elsewhere: Ledger = { ...ledger(log), append: async () => ({ kind: "stored", seq: 7 }) };
    await expect(restoreLedger(elsewhere, archive.path, never)).rejects.toMatchObject({ code: "corrupt" });
    await restoreLedger(ledger(log), archive.path, never);
    expect((await log.info()).lastSeq).toBe(archive.header.to);
  });

  test("that somebody writes to meanwhile gets nothing behind it", async () => {
    const archive = await archived();
    const log = new MemoryLog(new ManualClock());
    const began: number[] = [];
    const shared: Ledger = {
      ...ledger(log, began),
      append: (subject, data, expected) => {
        if (expected === 1) log.store("another", new Uint8Array());
        return log.append(subject, data, expected);
      },
    };
    await expect(restoreLedger(shared, archive.path, never)).rejects.toMatchObject({ code: "refused" });
    expect([began, (await log.info()).lastSeq, (await log.get(2))?.subject]).toEqual([[1], 2, "another"]);
  });

  test("gets nothing of an archive that does not hold", async () => {
    const archive = await archived();
    const writer = await ArchiveWriter.create(join(folder.path, "odd.gz"));
    const all = await archive.read(1, archive.header.to);
    for (const message of all) await writer.add(message.seq === 4 ? { ...message, data: all[2]!.data } : message);
    await writer.finish(archive.header, () => Promise.resolve());
    const log = new MemoryLog(new ManualClock());
    const odd = join(folder.path, "odd.gz");
    await expect(restoreLedger(ledger(log), odd, never)).rejects.toMatchObject({ code: "corrupt" });
    expect((await log.info()).lastSeq).toBe(0);
  });

  test("is led when a leader was heard within two of its beats' silences", async () => {
    const clock = new ManualClock();
    const broker = new MemoryBroker(clock);
    const led = async (at: number) => {
      const asked = isLed(broker.connect(), clock, never);
      clock.advance(at);
      broker.connect().publish(subjects.stateLeader(), new Uint8Array());
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(4_000);
      return asked;
    };
    expect([await led(3_999), await led(4_000)]).toEqual([true, false]);
  });
});

describe("BR2 a save", () => {
  const backed = { instance: "north", name: "North", slave: "home", world: "", tick: null, totals: null };

  /** A bridge that has what was brought, and does what it is told. */
  const scene = async (state: string, { stops = "stopped", starts = "running" } = {}) => {
    await mkdir(join(folder.path, "saves"));
    const path = join(folder.path, "saves/north.zip");
    await writeFile(path, "abc");
    const save = { path: "saves/north.zip", bytes: 3, sha256: await digestOf(path) };
    const did: string[] = [];
    let now = state;
    const channel = {
      address: { slave: slaveId("home"), instance: instanceId("north") },
      target: ({ path: name }: { path: string }) => name,
      saves: async () => ({ saves: [], state: now }),
      ask: async (verb: string, { op, path: name = "" }: { op: string; path?: string }) => {
        did.push(`${verb} ${op} ${name}`.trim());
        return { phase: now, linked: now === "running" };
      },
    } as unknown as FileChannel;
    const saves = {
      ...{ clock: new ManualClock(), signal: never },
      channel: async () => channel,
      carry: async (_: string, __: unknown, target: unknown) => void did.push(`brought ${target}`),
      client: {
        bridge: async (_: unknown, verb: string) => {
          did.push(verb);
          now = verb === "stop" ? stops : starts;
        },
      },
    } as unknown as Saves;
    const of = { name: "2026-11-27T03-00-00-000Z" } as Manifest;
    return {
      did,
      run: (sha256 = save.sha256) => load(saves, folder.path, of, { ...backed, save: { ...save, sha256 } }),
    };
  };
  const name = "backup-2026-11-27T03-00-00";

  test("is brought and restored; what ran is stopped before and started again, what did not run stays", async () => {
    const stopped = await scene("failed");
    await stopped.run();
    expect(stopped.did).toEqual([`brought ${name}`, `save-write restore ${name}`]);
    await folder.close();
    folder = await Folder.make();
    const running = await scene("running");
    await running.run();
    expect(running.did).toEqual([...[`brought ${name}`, "stop", `save-write restore ${name}`, "start", "move about"]]);
  });

  test("is restored also where the game could not stop in order, and that it does not start is told", async () => {
    const { did, run } = await scene("running", { stops: "failed", starts: "failed" });
    await expect(run()).rejects.toThrow("north does not start from its save: look at its log");
    expect(did.slice(1)).toEqual(["stop", `save-write restore ${name}`, "start", "move about"]);
  });

  test("that is not what was kept is brought nowhere", async () => {
    const { did, run } = await scene("running");
    await expect(run("a".repeat(64))).rejects.toMatchObject({ code: "corrupt" });
    expect(did).toEqual([]);
  });

  test("that cannot be loaded keeps no other from it, and a bug is one", async () => {
    const work = async (n: number) => {
      if (n === 1) throw refused("no");
      if (n === 2) throw unavailable("away");
      return n;
    };
    expect(await each([0, 1, 2, 3], work)).toEqual({ done: [0, 3], failed: ["no", "away"] });
    const bug = async () => Promise.reject(new TypeError("x"));
    await expect(each([0], bug)).rejects.toThrow(TypeError);
  });
});
