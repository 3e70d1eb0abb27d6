import { Bridge } from "#bridge/bridge";
import { LIMITS } from "#bridge/supervisor/limits";
import { FakeMachine } from "#bridge/test/fake-game";
import { NatsBus } from "#core/adapters/nats-bus";
import { nodeClock } from "#core/adapters/node-clock";
import { nodeRandom } from "#core/adapters/node-random";
import { slaveId, userId } from "#core/ids";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { ClusterClient } from "#ctl/client/client";
import { ProjectorProcess } from "#ctl/ledger/test/projector";
import { cli } from "#test/kit/cli";
import { NATS_START_MS_MAX, useNats } from "#test/kit/nats";
import { until } from "#test/kit/until";

/** `clusterio instance ...` as it is installed, with a real projector, and a bridge of a machine whose games are no processes. */
const nats = useNats();
const PATIENCE = { timeoutMs: 30_000 };
const slave = slaveId("s1");
let machine: FakeMachine;
let bridge: Bridge;
let leader: ProjectorProcess;

beforeAll(async () => {
  leader = await ProjectorProcess.start(nats(), "first", 1_000);
  const client = new ClusterClient(new NatsBus(await nats().user("op")), userId("op"));
  await until(() => client.cluster().catch(() => undefined), { ...PATIENCE, what: "a projector leads" });
  const [bus, disk] = [new NatsBus(await nats().slave(slave)), new MemoryDisk()];
  machine = new FakeMachine(nodeClock, disk);
  const install = { name: "fake", command: "factorio", args: [], readData: "/data", line: "2.1", version: "2.1.9" };
  const settings = { slave, dir: "/data", install, mods: machine.mods, gameAddress: "127.0.0.1", limits: LIMITS };
  const ports = {
    clock: nodeClock,
    random: nodeRandom,
    disk,
    bus,
    facts: bus,
    game: machine.game(),
    journal: () => {},
  };
  bridge = await Bridge.open({ ...settings, version: "0.1.0" }, ports);
}, NATS_START_MS_MAX);
afterAll(async () => {
  await bridge.close();
  await leader.stop("SIGKILL");
});

const instance = async (...args: readonly string[]) => {
  const { path } = await nats().identity.userCreds(userId("op"));
  return cli("ctl", ["instance", ...args, "--nats-url", nats().url, "--creds", path], {
    env: { EDITOR: "sed -i s/34197/34198/" },
  });
};
const ok = (out: string | RegExp) => ({ code: 0, out: typeof out === "string" ? out : expect.stringMatching(out) });
const fails = (code: number, err: RegExp) => ({ code, out: "", err: expect.stringMatching(err) });

test("an instance is made, started, shown, told of changes, renamed and deleted; what is wrong is said, and nothing half done", async () => {
  const made = await instance("create", "Far North", "--slave", "s1", "--set", "ports.game=34197", "--json");
  expect(made).toMatchObject({ code: 0, out: '{"instance":"far-north","slave":"s1"}\n', err: "" });
  expect(
    await Promise.all([
      instance("create", "Other", "--slave", "s1", "--set", "ports.game=34197"),
      instance("create", "Other", "--set", "port=1"),
      instance("start", "far-nroth"),
      instance("start", "Far North", "--wait"),
    ]),
  ).toMatchObject([
    fails(4, /ports\.game 34197 is that of far-north on s1/),
    fails(2, /there is no key "port"; did you mean "ports"\?/),
    fails(2, /did you mean "far-north"\?/),
    ok("far-north: running\n"),
  ]);

  const changed = await instance("config", "set", "Far North", "settings.max_players=3", "settings.auto_pause=true");
  expect(changed).toMatchObject(
    ok(
      /max_players takes effect now, also in a running game\nfar-north: settings\.auto_pause takes .* next start\nnote: auto_pause/,
    ),
  );
  const told = () => machine.world("far-north").commands.includes("/config set max-players 3");
  await until(told, { ...PATIENCE, what: "the running game is told" });
  expect(await instance("config", "edit", "far-north")).toMatchObject(
    ok(/ports\.game takes effect with the next start/),
  );
  expect(
    await Promise.all([
      instance("list"),
      instance("show", "far-north"),
      instance("show", "far-north", "--json"),
      instance("config", "get", "far-north", "ports.game"),
      instance("wait", "far-north", "--for", "stopped", "--timeout", "0.5"),
      instance("delete", "far-north", "--yes"),
    ]),
  ).toMatchObject([
    ok(/^INSTANCE +SLAVE +STATE .*\nfar-north +s1 +running.*Far North\n$/),
    ok(
      /^far-north "Far North"\nslave: +s1\nstate: +running[\s\S]*ports: +game 34197\/udp[\s\S]*settings\.max_players = 3/,
    ),
    ok(/"ports":\{"game":34197,.*"config":\{.*"name":"Far North"/),
    ok("34198\n"),
    fails(3, /not stopped within 0\.5 s: far-north \(running\)/),
    fails(4, /far-north is running: clusterio instance stop far-north/),
  ]);

  expect(await instance("restart", "far-north", "--wait")).toMatchObject(ok("far-north: running\n"));
  expect(machine.alive[0]?.args).toContain("34198");
  expect(await instance("rename", "far-north", "South")).toMatchObject(ok('far-north is called "South" now\n'));
  expect(await instance("stop-all", "--wait")).toMatchObject(ok("far-north: stopped\n"));
  expect(await instance("delete", "South")).toMatchObject(fails(4, /nobody can be asked here .*--yes/));
  const gone = async () => (await instance("delete", "South", "--yes")).code === 0;
  await until(gone, { ...PATIENCE, what: "its session is over, and it is deleted" });
}, 60_000);

test("while no master answers the bridges themselves do what they can", async () => {
  expect(await instance("create", "West", "--slave", "s1")).toMatchObject(ok(/west is made and belongs to s1/));
  await until(() => bridge.runner("west" as never), { ...PATIENCE, what: "the slave takes it up" });
  await leader.stop("SIGKILL");
  expect(await Promise.all([instance("start", "West"), instance("rename", "west", "East")])).toMatchObject([
    { ...ok(/^west: (?:preparing|starting|creating|running)\n$/), err: expect.stringContaining("asking the bridges") },
    { code: 3 },
  ]);
}, 60_000);
