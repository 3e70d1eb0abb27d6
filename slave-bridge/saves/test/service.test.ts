import { newRecord } from "#bridge/instance/record";
import type { InstanceRunner } from "#bridge/instance/runner";
import type { BridgeContext } from "#bridge/ports";
import { askedOf, FileService } from "#bridge/saves/service";
import { encodeJson } from "#core/events/codec";
import { instanceId } from "#core/ids";
import type { SlaveCommandSubject } from "#core/subjects";
import { encodeFrame } from "#core/transfer/frame";

const north = instanceId("north");
const asked = (verb: string, data: Uint8Array) =>
  askedOf({ subject: "", data, headers: {} }, { verb } as SlaveCommandSubject);

test("the audit says what was asked of files, shortened, but not each piece of a transfer, and never the bytes", () => {
  const begin = { op: "begin", path: "a".repeat(2_000) };
  expect(asked("save-write", encodeFrame(begin, new Uint8Array(9)))).toEqual({
    message: JSON.stringify(begin).slice(0, 1_000),
  });
  for (const op of ["put", "read"]) expect(asked("move", encodeFrame({ op }, new Uint8Array(9)))).toBeUndefined();
  // Two keys of one name: what counts is what will be carried out.
  expect(asked("move", new TextEncoder().encode('{"op":"put","op":"depart"}'))).toMatchObject({
    message: expect.stringContaining("depart"),
  });
  expect(asked("move", new TextEncoder().encode("{"))).toEqual({});
  expect(asked("send-rcon", encodeJson({ command: "/secret" }))).toEqual({});
});

test("an instance that was let go of and came again is another one: its saves are those of its folder now", async () => {
  const runnerIn = (folder: string) =>
    ({
      ...{ instance: north, phase: "stopped", notes: { all: async () => ({}) } },
      ...{ paths: { folder, saves: `${folder}/saves`, mods: `${folder}/mods`, modList: "", modsWanted: "" } },
      record: newRecord(north, { name: "N", seed: 1, autosaveSeconds: 0 }),
    }) as unknown as InstanceRunner;
  let runner = runnerIn("/old");
  const looked: string[] = [];
  const files = async (folder: string) => {
    looked.push(folder);
    return [];
  };
  const vault = { files, freeBytes: async () => 1 };
  const game = { saves: async () => [], mods: async (folder: string) => files(folder) };
  const disk = { read: async () => undefined };
  const context = {
    settings: { mods: [], install: { version: "2.1.9" } },
    ports: { vault, game, disk },
  } as unknown as BridgeContext;
  const service = new FileService(context, { assigned: async () => runner } as never);
  const list = async () => {
    looked.length = 0;
    await service.answer(north, { verb: "save-read", data: { op: "list" } }, undefined);
    await service.answer(north, { verb: "mod-read", data: { op: "list" } }, undefined);
    return [...new Set(looked.map((path) => path.split("/")[1]))];
  };
  expect(await list()).toEqual(["old"]);
  runner = runnerIn("/new");
  expect(await list()).toEqual(["new"]);
});

test("a bridge that keeps no files has nothing to clean", async () => {
  const service = new FileService({ ports: {} } as unknown as BridgeContext, {} as never);
  await expect(service.clean([])).resolves.toBeUndefined();
});
