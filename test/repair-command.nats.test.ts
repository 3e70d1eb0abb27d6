import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { JetStreamLog } from "#core/adapters/jetstream-log";
import { NatsBus } from "#core/adapters/nats-bus";
import { tokenIn } from "#core/adapters/nats-creds";
import { encodeJson } from "#core/events/codec";
import { slaveId, userId } from "#core/ids";
import { subjects } from "#core/subjects";
import { ClusterClient } from "#ctl/client/client";
import { clusterio, clusterioAtTerminal, ProjectorProcess } from "#ctl/ledger/test/projector";
import { PLATE } from "#projector/test/kit";
import { NATS_START_MS_MAX, useNats } from "#test/kit/nats";
import { PlainWorld } from "#test/kit/plain-world";
import { until } from "#test/kit/until";

/** `clusterio repair --from-worlds` as an operator types it: what it says, asks and ends with. One story, in order. */
const nats = useNats();
const PATIENCE = { timeoutMs: 30_000 };
/** It listens for bridges for eleven seconds, and for a leader for four. */
const RUN_MS_MAX = 90_000;
let projector: ProjectorProcess;
let client: ClusterClient;
let ledger: JetStreamLog;
let where: string[];
let name: string;
const timers: NodeJS.Timeout[] = [];

const lead = async (folder: string): Promise<void> => {
  projector = await ProjectorProcess.start(nats(), folder, 1_000);
  await until(() => client.cluster().catch(() => undefined), { ...PATIENCE, what: "a projector leads" });
};
const linked = () =>
  until(async () => (await client.worlds()).filter(({ open }) => open).length === 2, {
    ...PATIENCE,
    what: "both worlds have a session",
  });
const at = (file: string) => join(nats().folder, file);

beforeAll(async () => {
  const core = await nats().identity.masterCreds();
  const user = await nats().identity.userCreds(userId("op"));
  where = ["--nats-url", nats().url, "--core-creds", core.path, "--creds", user.path];
  name = tokenIn(core.bytes, core.path).account.slice(-8);
  client = new ClusterClient(new NatsBus(await nats().user("op")), userId("op"));
  ledger = new JetStreamLog(await nats().master(), "LEDGER");
  await lead("first");
  const edge = new NatsBus(await nats().slave("s1"));
  for (const instance of ["a", "b"]) {
    await client.master("instance.create", { name: instance });
    const { epoch } = (await client.master("instance.assign", { instance, slave: "s1" })) as { epoch: number };
    const of = { slave: slaveId("s1"), user: userId("op"), instance, epoch, resource: PLATE, exported: 100, wanted: 0 };
    const world = new PlainWorld(edge, of);
    timers.push(setInterval(() => world.tell(), 500));
  }
  await linked();
  await client.master("storage.adjust", { resource: PLATE, amount: 23, reason: "a gift" });
}, NATS_START_MS_MAX);
afterAll(async () => {
  for (const timer of timers) clearInterval(timer);
  await projector.stop("SIGKILL");
});
const repair = (...args: readonly string[]) => clusterio(["repair", "--from-worlds", ...args, ...where]);

test(
  "while a projector leads it only shows; --yes is refused with 4; what cannot be is told with 2 or 3",
  async () => {
    const [shown, yes, from, none] = await Promise.all([
      repair(),
      repair("--yes"),
      clusterio(["repair", ...where]),
      clusterio(["repair", "--from-worlds", "--dir", at("nothing")]),
    ]);
    expect(shown.code).toBe(0);
    expect(shown.out).toMatch(/^LEDGER holds .*\n/);
    expect(shown.out).toMatch(/item:iron-plate +223 +223\n/);
    expect(shown.out).toMatch(/item:iron-plate +\+23 {2}all adjustments in LEDGER/);
    expect(shown.out).toMatch(/\nnothing was changed: stop every projector, then --write does it, after a question\n$/);
    expect(yes).toMatchObject({ code: 4, err: expect.stringMatching(/a projector leads: stop every projector first/) });
    expect(from).toMatchObject({ code: 2, out: "", err: expect.stringContaining("--from-worlds") });
    expect(none).toMatchObject({ code: 3, out: "", err: expect.stringContaining(at("nothing")) });
  },
  RUN_MS_MAX,
);

test(
  "a forged ledger: it shows, as JSON too; nobody to ask, another name, a file that is there change nothing",
  async () => {
    await projector.stop();
    await ledger.append(subjects.ledger("adjusted"), encodeJson({ v: 1, amount: 1_000_000 }));
    const { lastSeq } = await ledger.info();
    const terminal = { asks: /type the cluster's name, \S+, to begin its ledger anew: / };
    const [json, unasked, wrong, taken, nowhere] = await Promise.all([
      repair("--json"),
      repair("--write"),
      clusterioAtTerminal(["repair", "--from-worlds", "--write", ...where], { ...terminal, typed: name.toLowerCase() }),
      repair("--yes", "--keep", where[3]!),
      repair("--yes", "--keep", join(where[3]!, "old.gz")),
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
    const args = ["repair", "--from-worlds", "--write", "--keep", file, ...where];
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
    await lead("second");
    await linked();
    expect((await client.storage())[0]).toMatchObject({ resource: PLATE, storage: 223, adjusted: 23 });
    expect(await clusterio(["audit", "verify", ...where.slice(0, 4)])).toMatchObject({ code: 0 });
  },
  RUN_MS_MAX,
);

test(
  "--yes asks nobody, and tells a program where the old ledger is",
  async () => {
    await projector.stop();
    const { lastSeq } = await ledger.info();
    const done = await repair("--yes", "--json", "--dir", nats().folder);
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
