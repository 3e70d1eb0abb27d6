import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { JetStreamLog } from "#core/adapters/jetstream-log";
import { tokenIn } from "#core/adapters/nats-creds";
import { encodeJson } from "#core/events/codec";
import { subjects } from "#core/subjects";
import { clusterio, clusterioAtTerminal } from "#ctl/ledger/test/projector";
import { PLATE } from "#projector/test/kit";
import { NATS_START_MS_MAX, useNats } from "#test/kit/nats";
import { PlainCluster } from "#test/kit/plain-cluster";

/** `clusterio repair --from-worlds` as an operator types it: what it says, asks and ends with. One story, in order. */
const nats = useNats();
/** It listens for bridges for eleven seconds unless told otherwise, and for a leader for four. */
const RUN_MS_MAX = 90_000;
let cluster: PlainCluster;
let ledger: JetStreamLog;
let where: string[];
let name: string;
let telling: NodeJS.Timeout;
const at = (file: string) => join(nats().folder, file);

beforeAll(async () => {
  cluster = await PlainCluster.start(nats());
  const { user, core } = await cluster.where();
  where = [...core, ...user.slice(2)];
  const { bytes, path } = await nats().identity.masterCreds();
  name = tokenIn(bytes, path).account.slice(-8);
  ledger = new JetStreamLog(await nats().master(), "LEDGER");
  telling = setInterval(() => {
    for (const world of cluster.worlds) world.tell();
  }, 500);
  await cluster.client.master("storage.adjust", { resource: PLATE, amount: 23, reason: "a gift" });
}, NATS_START_MS_MAX);
afterAll(async () => {
  clearInterval(telling);
  await cluster.stopLeader("SIGKILL");
});
/** These worlds' bridge says twice a second what it runs. */
const SOON = ["--listen", "2"];
const repair = (...args: readonly string[]) => clusterio(["repair", "--from-worlds", ...args, ...where]);

test(
  "while a projector leads it only shows; --yes is refused with 4; what cannot be is told with 2 or 3",
  async () => {
    const [shown, yes, from, none, long] = await Promise.all([
      repair(),
      repair("--yes"),
      clusterio(["repair", ...where]),
      clusterio(["repair", "--from-worlds", "--dir", at("nothing")]),
      repair("--listen", "601"),
    ]);
    expect(shown.code).toBe(0);
    expect(shown.out).toMatch(/^LEDGER holds .*\n/);
    expect(shown.out).toMatch(/item:iron-plate +223 +223\n/);
    expect(shown.out).toMatch(/item:iron-plate +\+23 {2}all adjustments in LEDGER/);
    expect(shown.out).toMatch(/\nnothing was changed: stop every projector, then --write does it, after a question\n$/);
    expect(yes).toMatchObject({ code: 4, err: expect.stringMatching(/a projector leads: stop every projector first/) });
    expect(from).toMatchObject({ code: 2, out: "", err: expect.stringContaining("--from-worlds") });
    expect(long).toMatchObject({ code: 2, err: expect.stringContaining("--listen") });
    expect(none).toMatchObject({ code: 3, out: "", err: expect.stringContaining(at("nothing")) });
  },
  RUN_MS_MAX,
);

test(
  "a forged ledger: it shows, as JSON too; nobody to ask, another name, a file that is there change nothing",
  async () => {
    await cluster.stopLeader();
    await ledger.append(subjects.ledger("adjusted"), encodeJson({ v: 1, amount: 1_000_000 }));
    const { lastSeq } = await ledger.info();
    const terminal = { asks: /type the cluster's name, \S+, to begin its ledger anew: / };
    const [json, unasked, wrong, taken, nowhere] = await Promise.all([
      repair("--json", ...SOON),
      repair("--write", ...SOON),
      clusterioAtTerminal(["repair", "--from-worlds", "--write", ...SOON, ...where], {
        ...terminal,
        typed: name.toLowerCase(),
      }),
      repair("--yes", ...SOON, "--keep", where[3]!),
      repair("--yes", ...SOON, "--keep", join(where[3]!, "old.gz")),
    ]);
    expect(json.code).toBe(0);
    expect(JSON.parse(json.out)).toMatchObject({
      ...{ cluster: name, leads: false, problem: expect.stringContaining(`message ${lastSeq}`), silent: [], mute: [] },
      resources: [{ resource: PLATE, before: { storage: 223 }, after: { storage: 223, shortfall: 0 } }],
      worlds: [{ world: "a.1" }, { world: "b.1" }],
      ...{ adjustments: [{ resource: PLATE, amount: 23 }], lost: { doubtful: [] } },
    });
    expect(unasked).toMatchObject({ code: 4, err: expect.stringContaining("say --yes instead of --write") });
    expect(wrong).toMatchObject({ code: 4, out: expect.stringContaining(`is not ${name}: nothing was changed`) });
    expect(taken).toMatchObject({ code: 4, err: expect.stringContaining("is there already: nothing was changed") });
    expect(nowhere).toMatchObject({ code: 3, err: expect.stringContaining("the old ledger cannot be kept in") });
    expect(await ledger.info()).toMatchObject({ firstSeq: 1, lastSeq });
  },
  RUN_MS_MAX,
);

test(
  "the cluster's name typed at a terminal begins the ledger anew; projectors lead on, and the audit holds",
  async () => {
    const { lastSeq } = await ledger.info();
    const file = at("old.jsonl.gz");
    const args = ["repair", "--from-worlds", "--write", ...SOON, "--keep", file, ...where];
    const done = await clusterioAtTerminal(args, { asks: /to begin its ledger anew: /, typed: name });
    expect(done).toMatchObject({
      code: 0,
      out: expect.stringContaining(`begins anew with message ${lastSeq + 1}, repaired by op`),
    });
    expect(
      gunzipSync(await readFile(file))
        .toString()
        .trimEnd()
        .split("\n"),
    ).toHaveLength(lastSeq);
    expect((await ledger.info()).firstSeq).toBe(lastSeq + 1);
    await cluster.lead("second");
    await cluster.linked();
    expect((await cluster.client.storage())[0]).toMatchObject({ resource: PLATE, storage: 223, adjusted: 23 });
    expect(await clusterio(["audit", "verify", ...where.slice(0, 4)])).toMatchObject({ code: 0 });
  },
  RUN_MS_MAX,
);

test(
  "--yes asks nobody, and tells a program where the old ledger is",
  async () => {
    await cluster.stopLeader();
    const { lastSeq } = await ledger.info();
    const done = await repair("--yes", "--json", ...SOON, "--dir", nats().folder);
    expect(done.code).toBe(0);
    const [, end] = done.out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { repaired: { first: number; file: string } });
    expect(end!.repaired.first).toBe(lastSeq + 1);
    expect(end!.repaired.file).toContain(join(nats().folder, "repairs"));
    expect((await stat(end!.repaired.file)).mode & 0o777).toBe(0o600);
  },
  RUN_MS_MAX,
);
