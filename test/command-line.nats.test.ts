import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "#core/adapters/package-root";
import { userId } from "#core/ids";
import { SHELLS } from "#ctl/completion/scripts";
import { PLATE } from "#projector/test/kit";
import { type CliResult, cli } from "#test/kit/cli";
import { NATS_START_MS_MAX, useNats } from "#test/kit/nats";
import { PATIENCE, PlainCluster } from "#test/kit/plain-cluster";
import { until } from "#test/kit/until";

/** The command line that operators live in, as it is installed: on a cluster that answers, and on brokers that do not. */
const nats = useNats();
let cluster: PlainCluster;
let user: readonly string[];
beforeAll(async () => {
  cluster = await PlainCluster.start(nats());
  user = (await cluster.where()).user;
}, NATS_START_MS_MAX);
afterAll(() => cluster.stopLeader("SIGKILL"));

const clusterio = (...args: readonly string[]) => cli("ctl", args);
const objects = ({ out }: CliResult): unknown[] =>
  out
    .trimEnd()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown);

test("status, top, storage watch and debts show a cluster to people and to programs", async () => {
  cluster.worlds[0]!.goBack(40, 2);
  await until(async () => (await cluster.client.storage())[0]?.storage === 140, { ...PATIENCE, what: "60 went back" });
  const [page, status, top, watch, none, owes] = await Promise.all([
    clusterio("status", ...user),
    clusterio("status", "--json", ...user),
    clusterio("top", "--times", "1", "--interval", "0.2", "-o", "json", ...user),
    clusterio("storage", "watch", "item:*", "--times", "2", "--interval", "0.2", ...user),
    clusterio("debt", "list", ...user),
    clusterio("debt", "write-off", "a.1", PLATE, "--reason", "x", ...user),
  ]);
  expect(page).toMatchObject({
    code: 0,
    err: "",
    out: expect.stringMatching(/^cluster +nats:.*you are op\nmaster +leads/),
  });
  // The slave of plain worlds answers no commands: it is told, with what to do.
  expect(page.out).toMatch(/\n! s1 is away, with 2 of the instances\n {4}start clusterio-bridge there/);
  expect(objects(status)).toMatchObject([
    { user: "op", master: { leads: true, standbys: [] }, storage: { resources: 1 } },
  ]);
  expect(objects(top)).toMatchObject([{ instance: "a", state: "unknown" }, { instance: "b" }]);
  expect(watch.out.match(/\nRESOURCE +LEVEL .*\nitem:iron-plate +140 /g)).toHaveLength(2);
  expect(none).toEqual({ code: 0, err: "", out: "nobody owes anything\n" });
  expect(owes).toMatchObject({ code: 2, err: "a.1 owes no item:iron-plate; it owes nothing: clusterio debt list\n" });
});

test("a debt is written off once, a world that runs is not given up, and a new map is announced", async () => {
  await cluster.client.master("storage.adjust", { resource: PLATE, amount: -140, reason: "all of it" });
  cluster.worlds[1]!.goBack(30, 2);
  await until(async () => (await cluster.client.worlds())[1]?.debt[PLATE] === 70, { ...PATIENCE, what: "b.1 owes 70" });
  const [list, wrong, retire] = await Promise.all([
    clusterio("debt", "list", "-o", "json", ...user),
    clusterio("debt", "write-off", "b.1", "energy", "--reason", "x", ...user),
    clusterio("world", "retire", "b.1", "--yes", ...user),
  ]);
  expect(objects(list)).toEqual([{ world: "b.1", instance: "b", resource: PLATE, units: 70, open: true }]);
  expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining(`it owes ${PLATE}`) });
  expect(retire).toMatchObject({ code: 4, err: expect.stringContaining("b.1 runs: stop its server first") });
  const part = await clusterio("debt", "write-off", "b.1", PLATE, "--units", "20", "--reason", "half", ...user);
  expect(part).toEqual({ code: 0, err: "", out: `b.1: 20 ${PLATE} written off, 50 left\n` });
  const [rest, map] = await Promise.all([
    clusterio("debt", "write-off", "b.1", PLATE, "--reason", "the rest", ...user),
    clusterio("world", "new", "b", "--json", ...user),
  ]);
  expect(rest.out).toBe(`b.1: 50 ${PLATE} written off\n`);
  expect(objects(map)).toEqual([{ instance: "b", generation: 2 }]);
});

/** The words that Tab would offer behind each line, one row a line, by the script of `clusterio completion` in that very shell. */
const TAB = {
  bash: {
    args: ["--norc", "-c"],
    script: `source <(clusterio completion bash) || exit 9
      for COMP_LINE in "$@"; do
        COMP_POINT=${"$"}{#COMP_LINE} COMP_WORDS=(clusterio); _clusterio_complete; echo "${"$"}{COMPREPLY[*]}"
      done`,
  },
  zsh: {
    args: ["-f", "-c"],
    // In place of its menu: words with their explanations, and colons within words escaped.
    script: String.raw`compdef() { }
      _describe() { print -r -- ${"$"}{${"$"}{${"$"}{(@P)3}//\\:/$'\1'}%%:*} }
      source <(clusterio completion zsh) || exit 9
      for line in "$@"; do words=("${"$"}{(@s: :)line}"); CURRENT=${"$"}{#words}; _clusterio | tr '\1' ':'; done`,
  },
  fish: {
    args: ["--no-config", "-c"],
    script: String.raw`clusterio completion fish | source; or exit 9
      for line in $argv; echo (complete -C $line | string replace -r "\t.*" ""); end`,
  },
};

describe.each(SHELLS)("in a real %s", (shell) => {
  // Reported as skipped where there is no such shell; a bash is everywhere.
  const found = shell === "bash" || (process.env.PATH ?? "").split(":").some((at) => existsSync(join(at, shell)));

  const completed = async (lines: readonly string[]): Promise<string[][]> => {
    const folder = await mkdtemp(join(tmpdir(), "clusterio-shell-"));
    try {
      await symlink(join(packageRoot(), "dist/ctl/main.js"), join(folder, "clusterio"));
      const { args, script } = TAB[shell];
      const given = shell === "fish" ? lines : [shell, ...lines];
      const child = spawn(shell, [...args, script, ...given], {
        stdio: ["ignore", "pipe", "inherit"],
        env: { ...process.env, HOME: folder, PATH: `${folder}:${process.env.PATH}` },
      });
      let out = "";
      child.stdout.on("data", (chunk) => {
        out += String(chunk);
      });
      const code = await new Promise((resolve) => child.once("close", resolve));
      expect(code).toBe(0);
      return out
        .trimEnd()
        .split("\n")
        .map((line) => line.split(" "));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };

  (found ? test : test.skip)("commands, options and the names of what lives are completed", async () => {
    const where = user.join(" ");
    // Bash takes what is behind the colon for a word of its own.
    const plate = shell === "bash" ? "iron-plate" : "item:iron-plate";
    expect(
      await completed([
        "clusterio stor",
        "clusterio storage list --wai",
        `clusterio instance start ${where} `,
        "clusterio storage show --nats-url nats://127.0.0.1:1 --creds /nowhere item:",
        `clusterio storage show ${where} item:ir`,
      ]),
    ).toEqual([["storage"], ["--waiting"], ["a", "b"], [""], [plate]]);
  });
});

describe("a broker that does not answer is told within a deadline, with 3", () => {
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  const listen = async (onSocket: (socket: Socket) => void): Promise<string> => {
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
      onSocket(socket);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const at = server.address();
    return `nats://127.0.0.1:${typeof at === "object" && at !== null ? at.port : 0}`;
  };
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers) server.close();
  });
  /** Accepts, and says nothing. */
  const silent = () => listen(() => {});
  /** Greets, answers pings, and never anything else. */
  const deaf = () =>
    listen((socket) => {
      const info = { server_id: "X", version: "2.14.0", proto: 1, headers: true, max_payload: 8_388_608, nonce: "abc" };
      socket.write(`INFO ${JSON.stringify(info)}\r\n`);
      socket.on("data", (chunk) => {
        for (const _ of String(chunk).matchAll(/^PING\r$/gm)) socket.write("PONG\r\n");
      });
    });

  const credentials = async () => {
    const { identity } = nats();
    const [op, master] = [await identity.userCreds(userId("op")), await identity.masterCreds()];
    return { op: op.path, master: master.path };
  };
  const timed = async (args: readonly string[]) => {
    const begun = performance.now();
    const { code, out, err } = await clusterio(...args);
    return {
      args: args.slice(0, 2).join(" "),
      code,
      out,
      said: /\S{4}/.test(err),
      slow: performance.now() - begun > 15_000,
    };
  };
  const ended = (args: string) => ({ args, code: 3, out: "", said: true, slow: false });

  test("one that says nothing, one that greets and answers nothing, and a cluster without a master", async () => {
    await cluster.stopLeader("SIGKILL");
    const [mute, dull, { op, master }] = await Promise.all([silent(), deaf(), credentials()]);
    const asUser = (url: string) => ["--nats-url", url, "--creds", op, "--timeout", "0.5"];
    const asCore = (url: string) => ["--nats-url", url, "--core-creds", master, "--timeout", "0.5"];
    const [status, ...all] = await Promise.all([
      clusterio("status", ...user),
      timed(["storage", "list", ...asUser(mute)]),
      timed(["top", "--json", ...asUser(mute)]),
      timed(["audit", "verify", ...asCore(mute)]),
      timed(["instance", "start", "a", ...asUser(dull)]),
      timed(["user", "list", ...asUser(dull)]),
      timed(["world", "new", "a", ...asUser(dull)]),
      timed(["ledger", "show", ...asCore(dull)]),
    ]);
    const asked = [
      "storage list",
      "top --json",
      "audit verify",
      "instance start",
      "user list",
      "world new",
      "ledger show",
    ];
    expect(all).toEqual(asked.map(ended));
    expect(status).toMatchObject({
      code: 3,
      err: expect.stringMatching(/^no master of this cluster answers: start one/),
    });
    expect(status.out).toMatch(/\nmaster +no answer: .*\nledger +not known while no master answers\n/);
  });
});
