import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WorldView } from "#core/events/query";
import { userId } from "#core/ids";
import { clusterio } from "#ctl/ledger/test/projector";
import { PLATE } from "#projector/test/kit";
import { NATS_START_MS_MAX, useNats } from "#test/kit/nats";
import { PATIENCE, PlainCluster } from "#test/kit/plain-cluster";
import { until } from "#test/kit/until";

/** `clusterio world ...` as it is installed: a real projector holds a rewind, and an operator decides. */
const nats = useNats();
let cluster: PlainCluster;

beforeAll(async () => {
  cluster = await PlainCluster.start(nats());
  await cluster.client.master("policy.set", { policies: { rewindLimit: { units: 10 } } });
}, NATS_START_MS_MAX);
afterAll(() => cluster.stopLeader("SIGKILL"));

const world = async (...args: readonly string[]) => clusterio(["world", ...args, ...(await cluster.where()).user]);
const views = (out: string): WorldView[] =>
  out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as WorldView);
const waits = (id: string) =>
  until(async () => (await cluster.client.cluster()).waiting.some((one) => one === id), {
    ...PATIENCE,
    what: `${id} waits`,
  });

test("list and show say how each world stands; what is not there or no id ends with 2 and names what there is", async () => {
  const [list, json, none, page] = await Promise.all([
    world("list"),
    world("list", "--json"),
    world("list", "--waiting"),
    world("show", "a.1"),
  ]);
  expect(list).toMatchObject({ code: 0, err: "", out: expect.stringMatching(/^WORLD .*\na\.1 +open .*\nb\.1 +open /) });
  expect(json).toMatchObject({ code: 0, err: "" });
  expect(views(json.out).map(({ world, open, exported }) => [world, open, exported[PLATE]])).toEqual([
    ["a.1", true, 100],
    ["b.1", true, 100],
  ]);
  expect(none).toEqual({ code: 0, err: "", out: "nothing waits for a decision\n" });
  expect(page).toMatchObject({ code: 0, err: "", out: expect.stringMatching(/exported +100 {2}item:iron-plate/) });
  const [absent, wrong, missing] = await Promise.all([world("show", "c.1"), world("show", "C!"), world("accept")]);
  expect(absent).toEqual({ code: 2, out: "", err: 'there is no world "c.1"; there are a.1, b.1\n' });
  expect(wrong).toMatchObject({ code: 2, out: "", err: expect.stringContaining('"C!"') });
  expect(missing).toMatchObject({ code: 2, out: "" });
});

test("an accepted rewind is the ledger's, a rejected one is not; said again nothing waits", async () => {
  cluster.worlds[0]!.goBack(40, 2);
  await waits("a.1");
  const [list, page] = await Promise.all([world("list", "--waiting", "--json"), world("show", "a.1")]);
  expect(views(list.out).map((view) => [view.world, view.waiting?.rejected])).toEqual([["a.1", false]]);
  expect(page.out).toMatch(/from storage +60 {2}item:iron-plate/);
  expect(page.out).toContain("clusterio world accept a.1");
  expect(await world("accept", "a.1")).toEqual({ code: 0, err: "", out: "a.1: its totals are the ledger's now\n" });
  await until(async () => (await cluster.client.storage())[0]?.storage === 140, {
    ...PATIENCE,
    what: "60 were taken back",
  });
  expect(await world("accept", "a.1", "--json")).toEqual({
    ...{ code: 0, err: "" },
    out: '{"world":"a.1","decision":"accept","waited":false}\n',
  });

  cluster.worlds[1]!.goBack(40, 2);
  await waits("b.1");
  const rejected = await world("reject", "b.1");
  expect(rejected).toMatchObject({ code: 0, err: "", out: expect.stringContaining("its server stops") });
  expect((await world("list")).out).toMatch(/\nb\.1 +rejected /);
  expect((await cluster.client.storage())[0]?.storage).toBe(140);
});

test("no cluster is 3, and half of an address is 2", async () => {
  const empty = await mkdtemp(join(tmpdir(), "clusterio-none-"));
  try {
    const [none, half, gone] = await Promise.all([
      clusterio(["world", "list", "--dir", empty]),
      clusterio(["world", "list", "--nats-url", nats().url]),
      clusterio([
        "world",
        "list",
        "--nats-url",
        "nats://127.0.0.1:1",
        "--creds",
        (await nats().identity.userCreds(userId("op"))).path,
      ]),
    ]);
    expect(none).toMatchObject({ code: 3, out: "", err: expect.stringContaining(empty) });
    expect(half).toMatchObject({ code: 2, out: "", err: expect.stringContaining("--creds") });
    expect(gone).toMatchObject({ code: 3, out: "", err: expect.stringContaining("is a NATS server running") });
  } finally {
    await rm(empty, { recursive: true, force: true });
  }
});
