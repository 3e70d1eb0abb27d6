import { createServer } from "node:net";
import { runInThisContext } from "node:vm";
import { COMMAND_BYTES_MAX, type RconAddress, type RconClient, RconError, REQUESTS_MAX } from "#bridge/rcon/client";
import { connectRcon } from "#bridge/rcon/connect";
import {
  AUTH_RESPONSE,
  type Behaviour,
  frameOf,
  type HostileServer,
  PASSWORD,
  RESPONSE_VALUE,
  startServer,
} from "#bridge/rcon/test/hostile-server";

/** No test waits for it: a test that would is one that fails. */
const TIMEOUT_MS = 60_000;

const servers: HostileServer[] = [];
const clients: RconClient[] = [];
const warnings: Error[] = [];
const onWarning = (warning: Error) => warnings.push(warning);
/** Jest gives tests a copy of `process`; warnings are emitted by the real one. */
const realProcess: NodeJS.Process = runInThisContext("process");
beforeAll(() => realProcess.on("warning", onWarning));
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});
afterAll(() => realProcess.off("warning", onWarning));

const serve = async (behaviour?: Behaviour) => {
  const server = await startServer(behaviour);
  servers.push(server);
  return server;
};
const connect = async ({ port }: { port: number }, more: Partial<RconAddress> = {}) => {
  const client = await connectRcon({ host: "127.0.0.1", port, password: PASSWORD, timeoutMs: TIMEOUT_MS, ...more });
  clients.push(client);
  return client;
};
/** Connected to a server that behaves so. */
const connected = async (behaviour?: Behaviour) => {
  const server = await serve(behaviour);
  return { server, client: await connect(server) };
};
const failure = (promise: Promise<unknown>) =>
  promise.then(
    (value) => ({ value }),
    (error: unknown) => error,
  );
const until = (condition: () => boolean) =>
  new Promise<void>((resolve) => {
    const look = () => (condition() ? resolve() : setImmediate(look));
    look();
  });
const sent = { code: "unavailable", sent: true };
const names = (count: number) => Array.from({ length: count }, (_, index) => `/cl abcd ${index}`);

describe("replies", () => {
  test("commands one after the other", async () => {
    const { client } = await connected();
    for (const name of names(5)) expect(await client.send(name)).toBe(name);
  });

  test("50 commands at once reach the game in order and get each its own reply", async () => {
    const { server, client } = await connected();
    expect(await Promise.all(names(50).map((name) => client.send(name)))).toEqual(names(50));
    expect(server.commands).toEqual(names(50));
  });

  test("replies that come in another order find their commands", async () => {
    const kept: [number, string][] = [];
    const { client } = await connected({
      onCommand({ id, text }, peer) {
        kept.push([id, text]);
        if (kept.length === 3) for (const [one, reply] of kept.reverse()) peer.reply(one, reply);
      },
    });
    expect(await Promise.all(names(3).map((name) => client.send(name)))).toEqual(names(3));
  });

  test.each([4_000, 20_000, 100_000, 1 << 20])("a reply of %i bytes arrives whole", async (size) => {
    const reply = "0123456789".repeat(size / 10 + 1).slice(0, size);
    const { client } = await connected({ onCommand: ({ id }, peer) => peer.reply(id, reply) });
    const [first, second] = await Promise.all([client.send("/cr abcd full"), client.send("/cr abcd full")]);
    expect(first === reply && second === reply).toBe(true);
  });

  test.each([
    ["20 KB in chunks of 700 bytes", 700, "x".repeat(20_000)],
    ["a header and text in chunks of one byte", 1, `{"tick":1}`],
    ["50 KB of UTF-8 in odd chunks", 997, "é鉄🚂".repeat(5_600)],
  ])("%s", async (_, chunkBytes, reply) => {
    const { client } = await connected({ onCommand: ({ id }, peer) => void peer.replyInChunks(id, reply, chunkBytes) });
    expect((await client.send("/cr abcd")) === reply).toBe(true);
  });

  test("one newline at the end of a reply is the game's, more are the reply's", async () => {
    const { client } = await connected({ onCommand: ({ id }, peer) => peer.reply(id, "done\n\n") });
    expect(await client.send("/clusterio")).toBe("done\n");
  });

  test("an empty reply is a reply", async () => {
    const { client } = await connected({ onCommand: ({ id }, peer) => peer.reply(id, "") });
    expect(await client.send("/time")).toBe("");
  });

  test("packets that nobody asked for change nothing", async () => {
    const { client } = await connected({
      onCommand({ id, text }, peer) {
        peer.reply(0, "[JOIN] a line of the console");
        peer.reply(-1, "", AUTH_RESPONSE);
        peer.reply(id + 1, "somebody else's");
        peer.reply(id, "not a reply's type", AUTH_RESPONSE);
        peer.reply(id, text);
        peer.reply(id, "twice");
      },
    });
    for (const name of names(3)) expect(await client.send(name)).toBe(name);
  });

  test("hundreds of commands under way leave no warning of leaking listeners", async () => {
    const { client } = await connected();
    const replies = await Promise.all(names(600).map((name) => client.send(name)));
    expect(replies).toEqual(names(600));
    expect(warnings).toEqual([]);
  });
});

describe("a connection that breaks", () => {
  test("a partial reply, then the end: the command fails at once and may have been carried out", async () => {
    const { client } = await connected({
      onCommand: ({ id }, peer) => void peer.socket.end(frameOf(id, RESPONSE_VALUE, "x".repeat(500)).subarray(0, 200)),
    });
    const error = await failure(client.send("/ci abcd AF"));
    expect(error).toBeInstanceOf(RconError);
    expect(error).toMatchObject(sent);
    expect((error as Error).message).toContain("may have been carried out");
  });

  test("a reset amid commands: all under way fail at once", async () => {
    const { client } = await connected({
      onCommand({ text }, peer) {
        if (text === "/cl abcd 2") peer.socket.resetAndDestroy();
      },
    });
    const errors = await Promise.all(names(4).map((name) => failure(client.send(name))));
    for (const error of errors) expect(error).toMatchObject(sent);
  });

  test("onClose is told once, and at once if it is over; a listener that left is not", async () => {
    const { client } = await connected({ onCommand: (_, peer) => void peer.socket.end() });
    const told: string[] = [];
    client.onClose(() => told.push("stopped"))();
    const closed = new Promise<void>((resolve) => {
      client.onClose((reason) => {
        told.push(reason);
        resolve();
      });
    });
    await failure(client.send("/quit"));
    await closed;
    client.onClose((reason) => told.push(reason));
    await client.close();
    expect(told).toEqual(["the server ended the connection", "the server ended the connection"]);
  });

  test("afterwards nothing is sent, and the error says so", async () => {
    const { client } = await connected();
    await client.close();
    expect(await failure(client.send("/ci abcd AF"))).toMatchObject({ code: "unavailable", sent: false });
  });

  test("closing twice is closing once, and fails what is under way", async () => {
    const { server, client } = await connected({ onCommand: () => {} });
    const reasons: string[] = [];
    client.onClose((reason) => reasons.push(reason));
    const waiting = failure(client.send("/ci abcd AF"));
    await Promise.all([client.close(), client.close()]);
    await client.close();
    expect(await waiting).toMatchObject(sent);
    expect(reasons).toEqual(["closed by this side"]);
    await server.connectionsClosed(1);
  });

  test.each([0, 9, -5, (64 << 20) + 1])(
    "a frame of length %i ends the connection instead of the process",
    async (length) => {
      const { server, client } = await connected({
        onCommand(_, peer) {
          const bytes = Buffer.alloc(64);
          bytes.writeInt32LE(length);
          peer.socket.write(bytes);
        },
      });
      const error = await failure(client.send("/cr abcd"));
      expect(error).toMatchObject(sent);
      expect((error as Error).message).toContain(`a frame of ${length} bytes is not RCON`);
      await server.connectionsClosed(1);
    },
  );

  test("a command without an answer fails at its deadline; the connection and the other commands live on", async () => {
    let late = () => {};
    const { client } = await connected({
      onCommand({ id, text }, peer) {
        if (text === "/slow") late = () => peer.reply(id, "too late");
        else {
          late();
          peer.reply(id, text);
        }
      },
    });
    expect(await failure(client.send("/slow", 5))).toMatchObject(sent);
    expect(await client.send("/fast")).toBe("/fast");
    expect(await client.send("/fast")).toBe("/fast");
  });
});

describe("what is never sent", () => {
  test.each([
    ["nothing", ""],
    ["blanks, which the game takes for nothing", " \n"],
    ["a zero character, which would end the packet", "/ci abcd\0AF"],
    ["more than the limit", "x".repeat(COMMAND_BYTES_MAX + 1)],
  ])("%s", async (_, command) => {
    const { server, client } = await connected();
    expect(await failure(client.send(command))).toMatchObject({ code: "bad-input", sent: false });
    expect(await client.send("/time")).toBe("/time");
    expect(server.commands).toEqual(["/time"]);
  });

  test("more than the answers that may be owed, until some have come", async () => {
    const owed: (() => void)[] = [];
    const { server, client } = await connected({
      onCommand: ({ id, text }, peer) => void owed.push(() => peer.reply(id, text)),
    });
    const answers = names(REQUESTS_MAX).map((name) => client.send(name));
    expect(await failure(client.send("/one-too-many"))).toMatchObject({ code: "unavailable", sent: false });
    await until(() => server.commands.length === REQUESTS_MAX);
    for (const answer of owed.splice(0)) answer();
    expect(await Promise.all(answers)).toEqual(names(REQUESTS_MAX));
    const next = client.send("/next");
    await until(() => owed.length > 0);
    owed[0]?.();
    expect(await next).toBe("/next");
  });
});

describe("logging in", () => {
  const wrong = { password: "wrong" };

  test("a wrong password is bad input", async () => {
    const server = await serve();
    expect(await failure(connect(server, wrong))).toMatchObject({ code: "bad-input" });
    await server.connectionsClosed(1);
  });

  test("an empty reply before the answer doesn't log in", async () => {
    const emptyFirst: Behaviour = {
      onLogin({ id, text }, peer) {
        peer.reply(id, "", RESPONSE_VALUE);
        peer.reply(text === PASSWORD ? id : -1, "", AUTH_RESPONSE);
      },
    };
    const server = await serve(emptyFirst);
    expect(await failure(connect(server, wrong))).toMatchObject({ code: "bad-input" });
    expect(await (await connect(server)).send("/time")).toBe("/time");
  });

  test("an answer to another log-in doesn't log in", async () => {
    const server = await serve({
      onLogin({ id }, peer) {
        peer.reply(id + 1, "", AUTH_RESPONSE);
        peer.reply(-1, "", AUTH_RESPONSE);
      },
    });
    expect(await failure(connect(server))).toMatchObject({ code: "bad-input" });
  });

  test("a server that resets after refusing is not a crash", async () => {
    const server = await serve({
      onLogin(_, peer) {
        peer.socket.write(frameOf(-1, AUTH_RESPONSE, ""), () => peer.socket.resetAndDestroy());
      },
    });
    expect(["bad-input", "unavailable"]).toContain(((await failure(connect(server))) as RconError).code);
  });

  test("a server that takes the connection and never answers is given up at the deadline", async () => {
    const server = await serve({ onLogin: () => {} });
    expect(await failure(connect(server, { timeoutMs: 10 }))).toMatchObject({ code: "unavailable" });
    await server.connectionsClosed(1);
  });

  test.each([
    ["ends", (peer: { socket: { end(): void } }) => peer.socket.end()],
    ["resets", (peer: { socket: { resetAndDestroy(): void } }) => peer.socket.resetAndDestroy()],
  ] as const)("a server that %s the connection at the log-in is unavailable", async (_, drop) => {
    const server = await serve({ onLogin: (_packet, peer) => void drop(peer) });
    expect(await failure(connect(server))).toMatchObject({ code: "unavailable" });
  });

  test("nobody there is unavailable", async () => {
    const port = await new Promise<number>((resolve) => {
      const server = createServer().listen(0, "127.0.0.1", () => {
        const address = server.address();
        server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
      });
    });
    const error = await failure(connect({ port }));
    expect(error).toMatchObject({ code: "unavailable" });
    expect((error as Error).message).toContain("ECONNREFUSED");
  });

  test.each([
    ["an empty password", { password: " " }],
    ["no host", { host: "" }],
    ["port 0", { port: 0 }],
    ["port 65536", { port: 65_536 }],
    ["a port that is no number", { port: Number.NaN }],
  ])("%s is bad input", async (_, wrongAddress) => {
    expect(await failure(connect({ port: 1 }, wrongAddress))).toMatchObject({ code: "bad-input" });
  });
});
