import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { realGame } from "#bridge/game/adapters/real-game";
import { NatsBus } from "#core/adapters/nats-bus";
import { packageRoot } from "#core/adapters/package-root";
import { isAlive } from "#core/adapters/process-id";
import { instanceId, slaveId, userId } from "#core/ids";
import { ClusterClient } from "#ctl/client/client";
import { clusterio, ProjectorProcess } from "#ctl/ledger/test/projector";
import { type Running, running } from "#test/kit/cli";
import { NATS_START_MS_MAX, useNats } from "#test/kit/nats";
import { PATIENCE } from "#test/kit/plain-cluster";
import { until } from "#test/kit/until";

/** A game from a vendor's archive, its players and its bans: programs as installed, a real projector; the archive holds the stand-in. */
const nats = useNats();
const slave = slaveId("s1");
const north = instanceId("north");
const VERSION = "2.1.9";
const op = userId("op");
let projector: ProjectorProcess;
let client: ClusterClient;
let vendor: Server;
let bridge: Running;
let dir = "";

const archive = (): Buffer => {
  const tree = join(nats().folder, "tree");
  const place = (path: string, text: string) => {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text, { mode: 0o755 });
  };
  const standIn = `"${process.execPath}" "${join(packageRoot(), "dist/sim/factorio/main.js")}"`;
  place("factorio/bin/x64/factorio", `#!/bin/sh\nexec ${standIn} --game-line 2.1 --players 2 --speed 4 "$@"\n`);
  place("factorio/data/base/info.json", JSON.stringify({ name: "base", version: VERSION }));
  execFileSync("tar", ["-cJf", join(tree, "a.tar.xz"), "-C", tree, "factorio"]);
  return readFileSync(join(tree, "a.tar.xz"));
};

beforeAll(async () => {
  const bytes = archive();
  const sum = createHash("sha256").update(bytes).digest("hex");
  const pages: Record<string, string | Buffer> = {
    "/api/latest-releases": JSON.stringify({ stable: { headless: VERSION } }),
    "/download/sha256sums/": `${sum}  factorio-headless_linux_${VERSION}.tar.xz\n`,
    [`/get-download/${VERSION}/headless/linux64`]: bytes,
  };
  vendor = createServer((request, response) => {
    const page = pages[request.url ?? ""];
    response.writeHead(page === undefined ? 404 : 200).end(page);
  });
  await new Promise<void>((resolve) => vendor.listen(0, "127.0.0.1", resolve));
  projector = await ProjectorProcess.start(nats(), "first", 1_000);
  client = new ClusterClient(new NatsBus(await nats().user(op)), op);
  await until(() => client.cluster().catch(() => undefined), { ...PATIENCE, what: "a projector leads" });
  dir = join(nats().folder, "bridge");
  const creds = join(nats().folder, "s1.creds");
  writeFileSync(creds, (await nats().identity.slaveCreds(slave)).bytes, { mode: 0o600 });
  const releases = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`;
  const from = ["--slave", slave, "--nats-url", nats().url, "--creds", creds, "--dir", dir];
  bridge = running("slave-bridge", ["run", ...from, "--factorio-releases", releases]);
  await until(() => bridge.said.includes("ready:"), { ...PATIENCE, what: "the bridge runs" });
}, NATS_START_MS_MAX);
afterAll(async () => {
  await bridge?.stop();
  const game = realGame();
  for (const process of await game.find(join(dir, "instances/north/config.ini"))) {
    game.signal(process, "SIGKILL");
    await until(() => !isAlive(process), { what: "no game is left" });
  }
  await projector?.stop("SIGKILL");
  vendor?.closeAllConnections();
  vendor?.close();
});

const run = async (...args: string[]) =>
  clusterio([...args, "--nats-url", nats().url, "--creds", (await nats().identity.userCreds(op)).path]);
const online = async () => (await client.players({ online: true })).map(({ player }) => player);
const bans = () => {
  const file = join(dir, "instances/north/server-banlist.json");
  return existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as { username: string }[]).map((ban) => ban.username)
    : [];
};

test("a version is installed and pinned, its players are known and kicked, and bans go both ways", async () => {
  expect(await run("factorio", "install", "stable", "--slave", slave)).toMatchObject({
    code: 0,
    out: `Factorio ${VERSION} is installed on s1\n`,
  });
  const config = { seed: 7, game: "stable", lists: { bans: "both" } };
  await client.master("instance.create", { name: "North", config });
  await client.master("instance.assign", { instance: north, slave });
  await client.bridge({ slave, instance: north }, "start", {});
  await until(async () => (await online()).length === 2, { ...PATIENCE, what: "two players are online" });
  expect(await client.slave(slave, "factorio-list", {})).toEqual({
    installs: [{ version: VERSION, channels: ["stable"], usedBy: ["north"] }],
  });

  expect(await run("player", "kick", "player-1", "--reason", "be nice")).toMatchObject({
    code: 0,
    out: "north: player-1 was kicked by <server>. Reason: be nice.\n",
  });
  await until(async () => (await online()).join() === "player-2", { ...PATIENCE, what: "one player is left" });

  const banned = await run("player", "ban", "player-2", "--reason", "rails");
  expect(banned.out).toBe("player-2 is on the cluster's list of bans\nfollowed by north\n");
  await until(() => bans().includes("player-2"), { ...PATIENCE, what: "the ban is in the game" });
  await until(async () => (await online()).length === 0, { ...PATIENCE, what: "nobody is left" });
  await client.bridge({ slave, instance: north }, "player-ban", { player: "eve" });
  const listed = async () => (await client.lists("bans")).map(({ player, by }) => `${player} by ${by}`);
  await until(async () => (await listed()).length === 2, { ...PATIENCE, what: "the game's ban is the cluster's" });
  expect(await listed()).toEqual(["eve by s1/north", expect.stringMatching(/^player-2 by /)]);

  const [shown, mods] = await Promise.all([
    run("player", "show", "player-2", "--json"),
    run("instance", "mods", "list", "north", "--json"),
  ]);
  expect(JSON.parse(shown.out)).toMatchObject({ stays: 1, online: [], lists: [{ list: "bans", reason: "rails" }] });
  expect(mods.out).toContain('"name":"clusterio"');
});
