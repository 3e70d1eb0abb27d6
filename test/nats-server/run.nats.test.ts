import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeDisk } from "#core/adapters/node-disk";
import { createIdentity } from "#core/identity/identity";
import { renderConfig } from "#ctl/nats-server/config";
import { findNatsServer } from "#ctl/nats-server/find";
import { startNatsServer } from "#ctl/nats-server/run";
import { NATS_START_MS_MAX } from "#test/kit/nats";

let folder: string;
let binary: string;
beforeAll(async () => {
  binary = (await findNatsServer({ env: process.env, report: () => {} })).path;
}, NATS_START_MS_MAX);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "clusterio-run-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const options = async (port = -1) => ({
  binary,
  folder: join(folder, "nats"),
  identity: await createIdentity(join(folder, "identity"), nodeDisk),
  port,
});

test("a server comes up on a free port of loopback, ends when told, and comes back on the same port", async () => {
  const first = await startNatsServer(await options());
  expect(first.url).toBe(`nats://127.0.0.1:${first.port}`);
  await first.stop();
  await first.stop();
  // 1 is what nats-server itself says when it was told to end.
  expect(await first.exited).toMatch(/exit code|signal/);
  expect(() => process.kill(first.pid, 0)).toThrow();
  const second = await startNatsServer(await options(first.port));
  expect(second.port).toBe(first.port);
  await second.stop();
});

test("its configuration is the owner's alone", async () => {
  const server = await startNatsServer(await options());
  expect((await stat(join(folder, "nats", "nats.conf"))).mode & 0o777).toBe(0o600);
  await server.stop();
});

test("a port in use is an error with the last lines of the log", async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const address = taken.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await expect(startNatsServer(await options(port))).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringMatching(/did not come up[\s\S]*address already in use/),
  });
  await new Promise((resolve) => taken.close(resolve));
});

test("something that is no server is an error", async () => {
  const broken = { ...(await options()), binary: "/bin/false" };
  await expect(startNatsServer(broken)).rejects.toMatchObject({ code: "unavailable" });
  const missing = { ...(await options()), binary: join(folder, "none") };
  await expect(startNatsServer(missing)).rejects.toMatchObject({ message: expect.stringContaining("ENOENT") });
});

test("the template's placeholders are known, and its comments stay as they are", async () => {
  const template = await readFile(join(__dirname, "..", "..", "infra", "nats.conf"), "utf8");
  const values = { ...(await options(4222)), serverName: "x" };
  const rendered = renderConfig(template, values);
  expect(rendered).toContain('listen: "127.0.0.1:4222"');
  expect(rendered.replace(/#.*/g, "")).not.toMatch(/<[A-Z_]+>/);
  expect(() => renderConfig('x: "<NONSENSE>"', values)).toThrow("<NONSENSE>");
});
