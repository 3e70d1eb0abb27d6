import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeClock } from "#core/adapters/node-clock";
import { nodeDisk } from "#core/adapters/node-disk";
import { nodeRandom } from "#core/adapters/node-random";
import { clockContract } from "#test/contracts/clock-contract";
import { diskContract } from "#test/contracts/disk-contract";
import { randomContract } from "#test/contracts/random-contract";

const folder = mkdtempSync(join(tmpdir(), "clusterio-disk-"));
afterAll(() => rmSync(folder, { recursive: true }));
let roots = 0;
const freshRoot = () => join(folder, String(++roots));

clockContract("the clock of the machine", () => ({
  clock: nodeClock,
  pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}));

test("a timer of more than 24 days does not fire at once", async () => {
  let fired = false;
  const cancel = nodeClock.after(2 ** 32, () => {
    fired = true;
  });
  await new Promise((resolve) => nodeClock.after(10, () => resolve(undefined)));
  cancel();
  expect(fired).toBe(false);
});

randomContract("the chance of the machine", () => nodeRandom);

diskContract("the disk of the machine", async () => ({ disk: nodeDisk, root: freshRoot() }));

test("files are the owner's alone unless said otherwise, also when they replace others", async () => {
  const path = join(freshRoot(), "secret");
  const mode = () => statSync(path).mode & 0o777;
  // More than the usual umask leaves.
  await nodeDisk.write(path, new Uint8Array([1]), 0o666);
  expect(mode()).toBe(0o666);
  await nodeDisk.write(path, new Uint8Array([2]));
  expect(mode()).toBe(0o600);
});

test("what a killed write left behind is not listed", async () => {
  const root = freshRoot();
  await nodeDisk.write(join(root, "file"), new Uint8Array([1]));
  writeFileSync(join(root, ".file.0123456789ab.tmp"), "half");
  expect(await nodeDisk.list(root)).toEqual(["file"]);
});

test("a write that fails leaves the old file and nothing else", async () => {
  const root = freshRoot();
  await nodeDisk.write(join(root, "folder", "file"), new Uint8Array([1]));
  await expect(nodeDisk.write(join(root, "folder"), new Uint8Array([2]))).rejects.toThrow();
  expect(readdirSync(root)).toEqual(["folder"]);
  expect(await nodeDisk.read(join(root, "folder", "file"))).toEqual(new Uint8Array([1]));
});
