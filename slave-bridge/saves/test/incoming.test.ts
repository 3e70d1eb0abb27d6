import { createHash } from "node:crypto";
import { Incoming, PART_MS_MAX, SPARE_BYTES } from "#bridge/saves/incoming";
import { FakeMachine } from "#bridge/test/fake-game";
import { PIECE_BYTES_MAX } from "#core/events/saves";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { MemoryVault } from "#test/kit/memory-vault";

const sumOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

const scene = ({ free = 1e12, bytesMax = 1e9 } = {}) => {
  const clock = new ManualClock();
  const disk = new MemoryDisk();
  const vault = Object.assign(new MemoryVault(new FakeMachine(clock, disk), disk, clock), {
    freeBytes: async () => free,
  });
  return { clock, disk, vault, incoming: new Incoming(vault, "/in", bytesMax) };
};
const bytes = Uint8Array.from({ length: 100 }, (_, at) => at);
const promised = { bytes: bytes.length, sha256: sumOf(bytes) };
const refused = (message: RegExp) => ({ code: "refused", message: expect.stringMatching(message) });

test("room is needed for what is still to come and the games' own, not for what has come (TR4)", async () => {
  const enough = scene({ free: SPARE_BYTES + 60 });
  await expect(enough.incoming.begin(promised)).rejects.toMatchObject({ code: "unavailable" });
  await enough.vault.write(enough.incoming.partOf(promised.sha256), 0, bytes.subarray(0, 40));
  expect(await enough.incoming.begin(promised)).toBe(40);
  const { incoming } = scene({ free: 1_000 });
  await expect(incoming.begin(promised)).rejects.toMatchObject({ code: "unavailable" });
});

test("a part that is longer than what is promised is begun anew", async () => {
  const { incoming, vault } = scene();
  await vault.write(incoming.partOf(promised.sha256), 0, new Uint8Array(101));
  expect(await incoming.begin(promised)).toBe(0);
  expect(await vault.stat(incoming.partOf(promised.sha256))).toBeUndefined();
});

test("a piece has its longest, and so has all of them together, whatever was promised (TR4)", async () => {
  const { incoming } = scene({ bytesMax: 120 });
  await expect(incoming.put("x", 0, new Uint8Array(PIECE_BYTES_MAX + 1))).rejects.toMatchObject({ code: "bad-input" });
  await incoming.put("x", 0, new Uint8Array(100));
  await expect(incoming.put("x", 100, new Uint8Array(21))).rejects.toMatchObject(refused(/at most 120 bytes/));
  expect(await incoming.put("x", 100, new Uint8Array(20))).toBe(120);
});

test("a file of another length than was promised is thrown away, even if its sum is right (TR2)", async () => {
  const { incoming, vault } = scene();
  await incoming.put(promised.sha256, 0, bytes);
  const place = async () => "placed";
  await expect(incoming.finish({ ...promised, bytes: 99 }, place)).rejects.toMatchObject(refused(/another sum/));
  expect(await vault.stat(incoming.partOf(promised.sha256))).toBeUndefined();
});

test("pieces that come at once are written one after the other: of two for one place, one counts (TR1)", async () => {
  const { incoming } = scene();
  const both = await Promise.allSettled([incoming.put("x", 0, bytes), incoming.put("x", 0, bytes)]);
  expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  // A refusal holds nobody up.
  expect(await incoming.put("x", 100, bytes)).toBe(200);
});

test("only parts, and copies that were being made, are removed by age (TR3)", async () => {
  const { clock, disk, vault, incoming } = scene();
  for (const name of ["a.part", "copy.zip", "map-settings.json"]) await vault.write(`/in/${name}`, 0, bytes);
  clock.advance(PART_MS_MAX);
  await incoming.clean(clock.now());
  expect(await disk.list("/in")).toEqual(["map-settings.json"]);
});
