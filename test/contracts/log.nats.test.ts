import { DiscardPolicy, jetstreamManager } from "@nats-io/jetstream";
import { JetStreamLog } from "#core/adapters/jetstream-log";
import type { NatsLink } from "#core/adapters/nats-connection";
import { logContract } from "#test/contracts/log-contract";
import { useNats } from "#test/kit/nats";
import { until } from "#test/kit/until";

const nats = useNats();
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

let streams = 0;
const makeStream = async (link: NatsLink, bytesMax?: number) => {
  const name = `CONTRACT_${++streams}`;
  const subject = `contract.log${streams}`;
  const jsm = await jetstreamManager(link.nc, { checkAPI: false });
  const create = () =>
    jsm.streams.add({
      name,
      subjects: [subject, `${subject}.>`],
      allow_direct: true,
      ...(bytesMax === undefined ? {} : { max_bytes: bytesMax, discard: DiscardPolicy.New }),
    });
  await create();
  return { name, subject, jsm, create };
};

let links: [NatsLink, NatsLink];
beforeAll(async () => {
  links = [await nats().master(), await nats().master()];
});

logContract("the log over JetStream", async (options) => {
  const [link, second] = links;
  const { name, subject, jsm, create } = await makeStream(link, options?.bytesMax);
  return {
    log: new JetStreamLog(link, name),
    other: new JetStreamLog(second, name),
    subject,
    recreate: async () => {
      await jsm.streams.delete(name);
      await create();
    },
    remember: async () => {
      const putBack = await nats().stopAndCopyData();
      await nats().restart({ keepData: true });
      return async () => {
        await nats().stopServer();
        await putBack();
        await nats().restart({ keepData: true });
      };
    },
  };
});

test("a following outlives crashes of the server without a gap or a repetition, soon", async () => {
  const link = await nats().master();
  const { name, subject } = await makeStream(link);
  const log = new JetStreamLog(link, name);
  const seen: number[] = [];
  const following = log.follow(
    1,
    ({ seq }) => seen.push(seq),
    () => seen.push(-1),
  );
  let appended = 0;
  for (let crash = 0; crash < 3; crash++) {
    for (let n = 0; n < 20; n++) {
      const result = await log.append(subject, bytes(String(n)));
      if (result.kind === "stored") appended = result.seq;
    }
    await nats().kill();
    await nats().restart({ keepData: true });
    const began = performance.now();
    const result = await log.append(subject, bytes("after the crash"));
    if (result.kind === "stored") appended = result.seq;
    await until(() => seen.length >= appended, { what: `all came after crash ${crash}` });
    expect(performance.now() - began).toBeLessThan(4_000);
  }
  expect(seen).toEqual(Array.from({ length: seen.length }, (_, n) => n + 1));
  expect(appended).toBe(63);
  await following.stop();
});

test("a following whose log was cut and grew again past it notices by the last message", async () => {
  const link = await nats().master();
  const { name, subject } = await makeStream(link);
  const log = new JetStreamLog(link, name);
  await log.append(subject, bytes("1"));
  const putBack = await nats().stopAndCopyData();
  await nats().restart({ keepData: true });
  await log.append(subject, bytes("2"));
  const seen: number[] = [];
  let resets = 0;
  log.follow(
    1,
    ({ seq }) => seen.push(seq),
    () => resets++,
  );
  await until(() => seen.length === 2, { what: "both came" });
  await nats().stopServer();
  await until(() => !link.connected(), { what: "the connection is known to be gone" });
  await putBack();
  await nats().restart({ keepData: true });
  // Sent at once when the connection is back: often before the following has looked.
  await Promise.all(["x", "y", "z"].map((text) => log.append(subject, bytes(text))));
  await until(() => resets === 1, { what: "the reset was told" });
  expect(seen).toEqual([1, 2]);
});

test("an append into an outage is unknown, and so is one whose server dies", async () => {
  const link = await nats().master();
  const { name, subject } = await makeStream(link);
  const log = new JetStreamLog(link, name, { appendTimeoutMs: 300 });
  await nats().freeze();
  const frozen = await log.append(subject, bytes("frozen"));
  const patient = new JetStreamLog(link, name).append(subject, bytes("killed"));
  const began = performance.now();
  await nats().kill();
  expect(frozen).toEqual({ kind: "unknown", reason: expect.any(String) });
  expect((await patient).kind).toBe("unknown");
  expect(performance.now() - began).toBeLessThan(2_000);
  expect((await log.append(subject, bytes("away"))).kind).toBe("unknown");
  await nats().restart({ keepData: true });
});

test("an append to a stream that is gone says so at once: whoever makes streams has to act first", async () => {
  const link = await nats().master();
  const { name, subject, jsm, create } = await makeStream(link);
  await jsm.streams.delete(name);
  const log = new JetStreamLog(link, name, { appendTimeoutMs: 60_000 });
  expect(await log.append(subject, bytes("early"), 0)).toEqual({
    kind: "unknown",
    reason: `there is no stream ${name}`,
  });
  await create();
  expect(await log.append(subject, bytes("late"), 0)).toEqual({ kind: "stored", seq: 1 });
});

test("an append never lands in another stream", async () => {
  const link = await nats().master();
  const { subject } = await makeStream(link);
  const { name: other } = await makeStream(link);
  const result = await new JetStreamLog(link, other).append(subject, bytes("stray"));
  expect(result.kind).toBe("unknown");
});

test("a missing stream is named", async () => {
  const link = await nats().master();
  await expect(new JetStreamLog(link, "NONE").info()).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("NONE"),
  });
});
