import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileCreds } from "#core/adapters/file-creds";
import { createIdentity } from "#core/identity/identity";
import { userId } from "#core/ids";
import { MemoryDisk } from "#core/ports/memory/memory-disk";

test("a connection comes back with what its file holds then; without it, or with somebody else's, with what it held before", async () => {
  const folder = await mkdtemp(join(tmpdir(), "clusterio-creds-"));
  const path = join(folder, "ada.creds");
  const credsOf = async (name: string) =>
    (await (await createIdentity("/cluster", new MemoryDisk())).userCreds(userId(name))).bytes;
  try {
    const [first, second, other] = [await credsOf("ada"), await credsOf("ada"), await credsOf("eve")];
    const source = fileCreds(path, first) as () => Uint8Array;
    const texts = { first, second };
    const is = () => Object.entries(texts).find(([, bytes]) => Buffer.from(bytes).equals(source()))?.[0];
    expect(is()).toBe("first");
    await writeFile(path, second);
    expect(is()).toBe("second");
    for (const bad of [other, new TextEncoder().encode("half a file"), new Uint8Array()]) {
      await writeFile(path, bad);
      expect(is()).toBe("second");
    }
    await rm(path);
    expect(is()).toBe("second");
  } finally {
    await rm(folder, { recursive: true });
  }
});
