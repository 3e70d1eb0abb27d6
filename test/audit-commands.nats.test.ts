import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { JetStreamLog } from "#core/adapters/jetstream-log";
import { NatsBus } from "#core/adapters/nats-bus";
import { prepareStreams } from "#core/adapters/prepare-streams";
import { proof } from "#core/audit/proof";
import { stored } from "#core/audit/test/kit";
import { encodeJson } from "#core/events/codec";
import { subjects } from "#core/subjects";
import { Folder, ledgerLog, trade } from "#ctl/ledger/test/kit";
import { clusterio as run } from "#ctl/ledger/test/projector";
import { useNats } from "#test/kit/nats";

/** The audit commands as they are installed: what scripts see is the exit code. */
const nats = useNats();

let folder: Folder;
beforeAll(async () => {
  folder = await Folder.make();
});
afterAll(() => folder.close());

test("audit verify ends with 0, 1 or 2 as the ledger holds, does not, or is not all there, and writes a proof", async () => {
  const log = ledgerLog(trade(40, [10, 25]));
  const first = await folder.archive(log, { before: { kind: "seq", seq: 20 } });
  await log.purgeBelow(first.header.to + 1);
  const second = await folder.archive(log);
  const holds = await run(["audit", "verify", "--file", second.path, "--file", first.path, "--json"]);
  expect(holds).toMatchObject({ code: 0, err: "" });
  expect(proof.parse(JSON.parse(holds.out))).toMatchObject({ verdict: "holds", from: 1, to: second.header.to });

  const missing = await run(["audit", "verify", "--file", second.path, "--from", "1", "--json"]);
  expect(missing).toMatchObject({ code: 2, err: expect.stringContaining("incomplete") });
  expect(proof.parse(JSON.parse(missing.out))).toMatchObject({ verdict: "incomplete", incomplete: { seq: 1 } });

  const forged = await folder.forged(first, (bytes) => {
    bytes[bytes.length - 100]! ^= 1;
    return bytes;
  });
  const violated = await run(["audit", "verify", "--file", forged, "--json"]);
  expect(violated).toMatchObject({ code: 1, err: expect.stringMatching(/^the ledger does not hold: [^\n]+\n$/) });
  expect(proof.parse(JSON.parse(violated.out)).finding).toMatchObject({ rule: "archive" });
}, 60_000);

test("statements, replays, traces and what-ifs read archives without a cluster", async () => {
  const archive = await folder.archive(ledgerLog(trade(30, [20])), { to: join(folder.path, "own.gz") });
  const file = ["--file", archive.path];
  const statement = await run(["audit", "resource", "item:iron-plate", ...file, "--json"]);
  const sums = JSON.parse(statement.out.trimEnd().split("\n").at(-1)!) as { closing: number; opening: number };
  expect([statement.code, sums.opening, sums.closing]).toEqual([0, 0, 0]);
  const replayed = await run(["replay", "--until", "round:20", ...file]);
  expect(replayed).toMatchObject({ code: 0, out: expect.stringContaining("round 20,") });
  const compared = await run(["replay", "--until", "20", "--what-if", "weights.b=3", ...file]);
  expect(compared).toMatchObject({ code: 0, out: expect.stringContaining("would be") });
  const entry = statement.out.split("\n").find((line) => line.includes('"kind":"grant"'))!;
  const { seq, world } = JSON.parse(entry) as { seq: number; world: string };
  const traced = await run(["audit", "trace", `${seq}/${world}/item:iron-plate`, ...file]);
  expect(traced).toMatchObject({ code: 0, out: expect.stringContaining("came from") });
}, 60_000);

test("what cannot be read is told in one line with exit code 2, 3 or 5", async () => {
  const none = join(folder.path, "none.gz");
  expect(await run(["audit", "verify", "--file", none])).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^.*none.*\n$/),
  });
  const archive = await folder.archive(ledgerLog(trade(30, [20])), { to: join(folder.path, "other.gz") });
  const cut = join(folder.path, "cut.gz");
  await writeFile(cut, (await readFile(archive.path)).subarray(0, 2_000));
  expect(await run(["ledger", "list", folder.path])).toMatchObject({ code: 5, err: expect.stringContaining("cut.gz") });
  expect(await run(["audit", "verify", "--live"])).toMatchObject({ code: 2 });
  expect(await run(["ledger", "show", "--dir", folder.path])).toMatchObject({ code: 3, out: "" });
}, 60_000);

test("a purge that the leader refuses loses nothing; the same command again verifies the file and asks again", async () => {
  const link = await nats().master();
  await prepareStreams(link);
  const ledger = new JetStreamLog(link, "LEDGER");
  for (const { subject, data, seq } of stored(trade(40, [30]))) await ledger.append(subject, data, seq - 1);
  const whole = await run(["audit", "verify", ...(await cluster())]);
  expect(whole.code).toBe(0);

  const asked: number[] = [];
  let refuses = true;
  const bus = new NatsBus(link);
  const leader = bus.subscribe(subjects.all.masterCommands, async (message) => {
    const { below } = JSON.parse(new TextDecoder().decode(message.data)) as { below: number };
    asked.push(below);
    if (refuses) return bus.respond(message, encodeJson({ error: { code: "refused", message: "not verified yet" } }));
    await ledger.purgeBelow(below);
    bus.respond(message, encodeJson({ ok: { firstSeq: below } }));
  });
  const to = join(folder.path, "purged.jsonl.gz");
  const archive = ["ledger", "archive", to, "--purge", ...(await cluster())];
  expect(await run(archive)).toMatchObject({ code: 4, err: "not verified yet\n" });
  expect((await ledger.info()).firstSeq).toBe(1);
  const bytes = await readFile(to);
  refuses = false;
  const again = await run([...archive, "--json"]);
  expect(again).toMatchObject({ code: 0, err: "" });
  expect(JSON.parse(again.out)).toMatchObject({ archived: { file: to, written: false }, purged: true });
  expect(await readFile(to)).toEqual(bytes);
  expect(asked).toEqual([asked[0], asked[0]]);
  // LEDGER begins with the checkpoint, needs nothing of what is gone, and both are one history.
  expect((await ledger.info()).firstSeq).toBe(asked[0]);
  expect(await run(["audit", "verify", ...(await cluster())])).toMatchObject({ code: 0 });
  const joined = await run(["audit", "verify", "--file", to, "--live", ...(await cluster()), "--json"]);
  const { from, tip } = proof.parse(JSON.parse(joined.out));
  expect([joined.code, from, whole.out.includes(tip)]).toEqual([0, 1, true]);
  expect(await run(archive)).toMatchObject({ code: 0, out: expect.stringContaining("nothing to archive") });
  expect(await run(["audit", "verify", "--from", "1", ...(await cluster())])).toMatchObject({ code: 2 });
  leader.stop();
}, 120_000);

/** Where the test's server is, on the command line. */
const cluster = async (): Promise<string[]> => {
  const { path } = await nats().identity.masterCreds();
  return ["--nats-url", nats().url, "--core-creds", path];
};
