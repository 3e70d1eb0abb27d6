import { join } from "node:path";
import type { Disk } from "#core/ports/disk";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (data: Uint8Array | undefined): string | undefined =>
  data === undefined ? undefined : new TextDecoder().decode(data);

/** `root` is an absolute path below which the test may do what it likes; nothing is there yet. */
export const diskContract = (name: string, make: () => Promise<{ disk: Disk; root: string }>): void => {
  describe(`${name} keeps the contract of a disk`, () => {
    test("what is not there is a value, not an error", async () => {
      const { disk, root } = await make();
      expect(await disk.read(join(root, "none"))).toBeUndefined();
      expect(await disk.read(join(root, "no", "folder"))).toBeUndefined();
      expect(await disk.list(join(root, "none"))).toEqual([]);
      await disk.remove(join(root, "none"));
      await disk.remove(join(root, "no", "folder"));
    });

    test("a file is written whole, with its folders, and replaced whole", async () => {
      const { disk, root } = await make();
      const path = join(root, "a", "b", "file");
      await disk.write(path, bytes("a long first version"));
      expect(textOf(await disk.read(path))).toBe("a long first version");
      await disk.write(path, bytes("short"));
      expect(textOf(await disk.read(path))).toBe("short");
      await disk.write(path, new Uint8Array());
      expect(await disk.read(path)).toEqual(new Uint8Array());
    });

    test("bytes belong to whoever holds them", async () => {
      const { disk, root } = await make();
      const path = join(root, "file");
      const mine = bytes("abc");
      await disk.write(path, mine);
      mine.fill(0);
      const theirs = await disk.read(path);
      expect(textOf(theirs)).toBe("abc");
      theirs?.fill(0);
      expect(textOf(await disk.read(path))).toBe("abc");
    });

    test("a folder lists its names in order, and only its own", async () => {
      const { disk, root } = await make();
      for (const name of ["c", "a", "b/x", "b/y", "ab"]) await disk.write(join(root, name), bytes(name));
      expect(await disk.list(root)).toEqual(["a", "ab", "b", "c"]);
      expect(await disk.list(join(root, "b"))).toEqual(["x", "y"]);
      expect(await disk.list(join(root, "a"))).toEqual([]);
    });

    test("a removed file is gone", async () => {
      const { disk, root } = await make();
      await disk.write(join(root, "a"), bytes("a"));
      await disk.write(join(root, "b"), bytes("b"));
      await disk.remove(join(root, "a"));
      expect(await disk.read(join(root, "a"))).toBeUndefined();
      expect(await disk.list(root)).toEqual(["b"]);
    });

    test("of two writes at once one wins whole", async () => {
      const { disk, root } = await make();
      const path = join(root, "file");
      const versions = Array.from({ length: 8 }, (_, n) => String(n).repeat(10_000 + n));
      await Promise.all(versions.map((version) => disk.write(path, bytes(version))));
      expect(versions).toContain(textOf(await disk.read(path)));
      expect(await disk.list(root)).toEqual(["file"]);
    });
  });
};
