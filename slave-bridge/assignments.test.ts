import { Assignments } from "#bridge/assignments";
import { type InstanceRecord, newRecord } from "#bridge/instance/record";
import type { InstanceRunner } from "#bridge/instance/runner";
import type { BridgeContext } from "#bridge/ports";
import { FOLDER, north, scene, settle, slave } from "#bridge/test/bridge-scene";
import { nextBoot } from "#core/boot";
import { unavailable } from "#core/errors";
import { encodeJson } from "#core/events/codec";
import { instanceId } from "#core/ids";
import { forgottenConfig } from "#core/instance-config";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { SeededRandom } from "#core/ports/memory/seeded-random";

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

describe("what a leader is asked", () => {
  /** Answers with what the test says, once it is let. */
  const asking = () => {
    const state = {
      answer: {} as object,
      opened: [] as InstanceRecord[],
      came: undefined as InstanceRecord | undefined,
    };
    const asked: object[] = [];
    const bus = {
      request: async (_: string, data: Uint8Array) => {
        asked.push(JSON.parse(new TextDecoder().decode(data)));
        await settle();
        return { kind: "answer", data: encodeJson(state.answer) };
      },
    };
    const context = {
      settings: { slave, dir: "/data" },
      ports: { bus, clock: new ManualClock(), disk: new MemoryDisk(), journal: () => {} },
    } as unknown as BridgeContext;
    const assignments = new Assignments(context, {
      runner: () => undefined,
      arrival: async () => state.came,
      open: async (record) => {
        state.opened.push(record);
        return {} as InstanceRunner;
      },
    });
    return { assignments, state, asked };
  };
  const config = { name: "North", seed: 7, autosaveSeconds: 0 };
  const view = { ...{ boot: nextBoot(1, "", new SeededRandom(1)), round: 1, epoch: 4, generation: 1 }, owner: "" };
  const ours = { ok: { ...view, worlds: {}, assignment: "signed" } };
  const record = { ...newRecord(north, config), link: { epoch: 4, assignment: "signed", generation: 1, seeds: {} } };

  test("is asked once, however many want to know, and the end waits for its answer (K5)", async () => {
    const { assignments, state, asked } = asking();
    state.answer = { ok: { ...ours.ok, config } };
    const both = [assignments.assigned(north), assignments.assigned(north)];
    await assignments.idle();
    expect(state.opened).toHaveLength(1);
    expect(await Promise.all(both)).toHaveLength(2);
    expect(asked).toEqual([{ instance: north, epoch: 0 }]);
    // By then it is another question.
    await assignments.assigned(north);
    expect(asked).toHaveLength(2);
  });

  test("an instance is another's only by a higher epoch than its folder knows (MV3, ADR 0040)", async () => {
    const { assignments, state, asked } = asking();
    for (const [answer, anothers] of [
      [{ notYours: { epoch: 3 } }, false],
      [{ notYours: { epoch: 4 } }, false],
      [{ notYours: { epoch: 5 } }, true],
      [ours, false],
    ] as const) {
      state.answer = answer;
      expect(await assignments.isAnothers(record)).toBe(anothers);
    }
    expect(asked[0]).toEqual({ instance: north, epoch: 4, assignment: "signed" });
    state.answer = { error: { code: "unavailable", message: "it does not lead yet" } };
    await expect(assignments.isAnothers(record)).rejects.toMatchObject({
      code: "unavailable",
      message: "the master about north: it does not lead yet",
    });
  });

  test("a ledger that lost its memory takes what came from another slave as it came", async () => {
    const { assignments, state } = asking();
    [state.answer, state.came] = [ours, { ...record, desired: "stopped" }];
    await assignments.assigned(north);
    expect(state.opened[0]).toMatchObject({ config, link: { epoch: 4 } });
    state.came = undefined;
    await assignments.assigned(north);
    expect(state.opened[1]?.config).toEqual(forgottenConfig(north));
  });

  test("of very many that are refused, none is remembered rather than all", async () => {
    const { assignments, state, asked } = asking();
    state.answer = { notYours: { epoch: 1 } };
    const names = Array.from({ length: 1_001 }, (_, n) => instanceId(`i${n}`));
    await Promise.all(names.map((name) => assignments.takeUp(name)));
    asked.length = 0;
    await Promise.all(names.slice(0, 3).map((name) => assignments.takeUp(name)));
    expect(asked).toHaveLength(3);
  });
});

test("an instance whose folder could not be made is taken up with a later delivery: nothing holds it meanwhile", async () => {
  const { master, open, disk, machine, advance } = scene();
  const { bridge } = await open();
  const write = disk.write.bind(disk);
  disk.write = async (path, ...rest) => {
    if (path.startsWith(FOLDER)) throw unavailable("the disk of /data is full");
    return write(path, ...rest);
  };
  master.state(north);
  await settle();
  expect(bridge.runner(north)).toBeUndefined();
  expect([...machine.locks]).toEqual(["/data/lock"]);
  disk.write = write;
  await advance(5_000);
  master.state(north);
  await settle();
  expect(bridge.runner(north)?.phase).toBe("stopped");
  await bridge.close();
});

test("a folder that is there though nobody opened it keeps what it knows, unless the ledger's word is older (K1, ADR 0040)", async () => {
  const { master, open, disk, linked, advance, log } = scene();
  const { bridge: first } = await linked();
  await first.close();
  const path = `${FOLDER}/instance.json`;
  const bytes = await disk.read(path);
  const lineage = first.runner(north)?.record.lineage;
  await disk.remove(path);
  const { bridge } = await open();
  const put = (epoch: number) => {
    const record = JSON.parse(new TextDecoder().decode(bytes));
    return disk.write(path, encodeJson({ ...record, link: { ...record.link, epoch } }));
  };
  await put(9);
  master.state(north);
  await settle();
  expect(bridge.runner(north)).toBeUndefined();
  expect(log.at(-1)).toMatch(/older assignment of north than its folder knows/);
  await put(1);
  await advance(5_000);
  master.state(north);
  await settle();
  expect(bridge.runner(north)?.record.lineage).toEqual(lineage);
  await bridge.close();
});
