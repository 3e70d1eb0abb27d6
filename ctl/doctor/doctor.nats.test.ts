import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { NatsBus } from "#core/adapters/nats-bus";
import { encodeJson } from "#core/events/codec";
import { userId } from "#core/ids";
import { subjects } from "#core/subjects";
import { rightsFindings, streamFindings } from "#ctl/doctor/look";
import { AccessKit } from "#test/kit/access";
import { cli } from "#test/kit/cli";
import { useNats } from "#test/kit/nats";

/** `clusterio doctor` on a real cluster: well, with a slave that is away, one that is silent, changed streams, and no broker. */
const nats = useNats();
let kit: AccessKit;

beforeAll(async () => {
  kit = new AccessKit(nats());
  await kit.start();
}, 60_000);
afterAll(() => kit.close());

interface Told {
  readonly check: string;
  readonly state: string;
  readonly what: string;
  readonly remedy?: string;
}

const doctor = async (url = nats().url): Promise<{ code: number | null; told: Told[]; err: string }> => {
  const { path } = await nats().identity.userCreds(userId("root"));
  const { code, out, err } = await cli("ctl", ["doctor", "--json", "--nats-url", url, "--creds", path]);
  return {
    code,
    err,
    told: out
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  };
};

test("a cluster that is well: nothing is wrong, exit code 0", async () => {
  const { code, told } = await doctor();
  expect(told.filter(({ state }) => state === "wrong")).toEqual([]);
  expect([...new Set(told.map(({ check }) => check))]).toEqual([
    "broker",
    "tls",
    "credentials",
    "rights",
    "master",
    "grants",
    "ledger",
  ]);
  expect(code).toBe(0);
});

test("each slave's link is tried: one that is away and one that is silent are told with what to do, exit code 1", async () => {
  const [fine, silent, away] = [await kit.slave("fine"), await kit.slave("silent"), await kit.slave("away")];
  const bus = new NatsBus(fine.link);
  bus.subscribe(subjects.all.commandsTo(fine.id), (message) => bus.respond(message, encodeJson({ ok: {} })));
  new NatsBus(silent.link).subscribe(subjects.all.commandsTo(silent.id), () => {});
  await Promise.all([bus.flush(), silent.link.nc.flush(), away.link.close()]);
  const { code, told, err } = await doctor();
  const slaves = told.filter(({ check }) => check === "slaves");
  expect(slaves.map(({ state, what }) => `${state} ${what}`).sort()).toEqual([
    "ok fine answers",
    "wrong away is away",
    "wrong silent is silent",
  ]);
  expect(slaves.filter(({ remedy }) => remedy !== undefined)).toHaveLength(2);
  expect([code, err]).toEqual([1, "2 things are wrong\n"]);
});

test("no broker: said with what to do, exit code 3", async () => {
  expect(await doctor("nats://127.0.0.1:1")).toMatchObject({ code: 3 });
});

test("on the machine with the cluster's folder: what stands in it is looked at, also while nothing runs, exit code 1", async () => {
  const at = { cwd: nats().folder, env: { CLUSTERIO_CONFIG_DIR: join(nats().folder, "home"), CLUSTERIO_CONTEXT: "" } };
  // Nobody listens on port 1.
  expect(await cli("ctl", ["init", "--dir", "still", "--listen", "127.0.0.1:1"], at)).toMatchObject({ code: 0 });
  const { code, out } = await cli("ctl", ["doctor", "--json", "--dir", "still"], at);
  const told = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(told.map(({ check, state }) => `${check} ${state}`)).toEqual([
    "certificates ok",
    "certificates ok",
    expect.stringMatching(/^disk (?:ok|look)$/),
    "broker wrong",
  ]);
  expect(code).toBe(1);
});

test("a stream whose rules or limits somebody changed is told apart", async () => {
  const master = await nats().master();
  const jsm = await jetstreamManager(master.nc, { checkAPI: false });
  expect((await streamFindings(master)).map(({ state }) => state)).toEqual(["ok", "ok"]);
  await jsm.streams.update("LOGS", { max_age: 1_000_000_000_000, no_ack: false });
  const found = (await streamFindings(master)).filter(({ check }) => check === "streams");
  expect(found.map(({ state, what }) => [state, what.split(" ").slice(0, 3).join(" ")])).toEqual([
    ["wrong", "LOGS has no_ack"],
    ["look", "LOGS has max_age"],
  ]);
  await jsm.streams.delete("CHAT");
  expect(await streamFindings(master)).toContainEqual(
    expect.objectContaining({
      state: "wrong",
      what: "CHAT is not there",
      remedy: expect.stringContaining("projector"),
    }),
  );
});

test("credentials that may do more than a user's are told", async () => {
  const [finding] = await rightsFindings(await nats().master());
  expect([finding?.state, finding?.what]).toEqual(["wrong", expect.stringContaining("$JS.API.INFO")]);
});
