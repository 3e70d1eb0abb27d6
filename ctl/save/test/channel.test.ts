import { instanceId, slaveId } from "#core/ids";
import type { ClusterClient } from "#ctl/client/client";
import { FileChannel } from "#ctl/save/channel";

const SUM = "a".repeat(64);

/** A bridge that answers what a test likes, and what it was asked. */
const scene = (ok: unknown, body?: Uint8Array) => {
  const asked: object[] = [];
  const exchange = async (_: object, verb: string, said: { request: object; body?: Uint8Array }) => {
    asked.push({ verb, ...said.request, ...(said.body === undefined ? {} : { body: said.body.length }) });
    return { ok, body };
  };
  const client = { exchange } as Partial<ClusterClient> as ClusterClient;
  return { asked, channel: new FileChannel(client, { slave: slaveId("home"), instance: instanceId("north") }) };
};

test("an answer of another shape is another version's", async () => {
  const { channel } = scene({ odd: true });
  await expect(channel.saves()).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("home"),
  });
});

test("a piece is as long as was asked for, of the file as it was when it was opened", async () => {
  const file = { file: "monday.zip", bytes: 3, writtenAt: 4, sha256: SUM };
  const { channel, asked } = scene({}, new Uint8Array(2));
  expect(await channel.source(file).read(0, 2)).toHaveLength(2);
  await expect(channel.source(file).read(1, 1)).rejects.toThrow("home sent 2 bytes, not 1");
  await expect(scene({}).channel.movedSource("saves", file).read(1, 1)).rejects.toThrow("sent 0 bytes");
  expect(asked[0]).toEqual({
    ...{ verb: "save-read", op: "read", path: "monday.zip" },
    ...{ offset: 0, length: 2, bytes: 3, writtenAt: 4 },
  });
});

test("a file is begun, brought and finished under one sum, and goes on where the bridge says", async () => {
  const { channel, asked } = scene({ offset: 2, done: false });
  const target = channel.target({ path: "monday", bytes: 3, sha256: SUM, replace: true });
  expect(await target.begin()).toBe(2);
  await target.put(2, new Uint8Array(1));
  await expect(target.finish()).rejects.toMatchObject({ code: "unavailable" });
  const of = { path: "monday", bytes: 3, sha256: SUM, replace: true };
  expect(asked).toEqual([
    { verb: "save-write", op: "begin", ...of },
    { verb: "save-write", op: "put", sha256: SUM, offset: 2, body: 1 },
    { verb: "save-write", op: "finish", ...of },
  ]);
});
