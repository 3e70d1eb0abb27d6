import { Answering } from "#bridge/answering";
import type { BridgeContext } from "#bridge/ports";
import { LIMITS } from "#bridge/supervisor/limits";
import { ann, north, scene, settle, slave } from "#bridge/test/bridge-scene";
import { refused } from "#core/errors";
import { decodeJson, encodeJson } from "#core/events/codec";
import { answer } from "#core/events/command";
import { auditEntry } from "#core/events/telemetry";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { SELF, subjects } from "#core/subjects";
import { encodeFrame } from "#core/transfer/frame";

describe("commands", () => {
  test("each is answered once and stands in the audit before and after", async () => {
    const { linked, command, audit, machine } = scene();
    const { bridge } = await linked();
    audit.length = 0;
    expect(await command("send-rcon", { command: "/cr zzzz" })).toEqual({
      ok: { reply: '{"error":"wrong-token","message":"begin anew"}' },
    });
    expect(await command("report")).toEqual({ ok: { tick: machine.world("north").tick } });
    expect(await command("decide", { as: "same" })).toMatchObject({ error: { code: "refused" } });
    expect(await command("explode")).toMatchObject({ error: { code: "bad-input" } });
    expect(await command("send-rcon", { command: "" })).toMatchObject({ error: { code: "bad-input" } });
    await command("start", {}, { "nats-rollup": "all" });
    expect(audit).toEqual([
      ...["ann send-rcon asked", "ann send-rcon ok", "ann report asked", "ann report ok"],
      ...["ann decide asked", "ann decide refused", "ann explode asked", "ann explode bad-input"],
      ...["ann send-rcon asked", "ann send-rcon bad-input", "ann start asked", "ann start refused"],
    ]);
    await bridge.close();
  });

  test("the slave itself answers who it is, and says what is for an instance only; each stands in the audit", async () => {
    const { open, outside, broker } = scene();
    const audit: string[] = [];
    outside.subscribe(subjects.audit(slave, SELF), ({ data }) => {
      const { verb, outcome } = decodeJson(auditEntry, data, "audit");
      audit.push(`${verb} ${outcome}`);
    });
    const { bridge } = await open();
    const ask = async (instance: typeof north | typeof SELF, verb: string) => {
      const asked = outside.request(subjects.command(ann, slave, instance, verb), encodeJson({}), 60_000);
      await settle();
      const result = await asked;
      return result.kind === "answer" ? decodeJson(answer, result.data, "answer") : result;
    };
    expect(await ask(SELF, "status")).toEqual({
      ok: { boot: bridge.boot, version: "0.1.0", game: "fake", instances: [], told: {} },
    });
    expect(await ask(SELF, "report")).toMatchObject({ error: { code: "refused" } });
    expect(await ask(SELF, "explode")).toMatchObject({ error: { code: "bad-input" } });
    const headers = { "nats-rollup": "all" };
    broker.send({
      subject: subjects.command(ann, slave, SELF, "status"),
      data: encodeJson({}),
      headers,
      reply: "_INBOX.x",
    });
    await settle();
    expect(await ask(north, "status")).toMatchObject({ error: { code: "refused" } });
    expect(audit).toEqual([
      ...["status asked", "status ok", "report asked", "report refused", "explode asked", "explode bad-input"],
      ...["status asked", "status refused"],
    ]);
    await bridge.close();
  });

  test("a kill ends the game at once and for good", async () => {
    const { linked, command, machine, advance, clock } = scene();
    const { bridge } = await linked();
    machine.deaf = true;
    await command("stop");
    await advance(1_000);
    expect(machine.alive).toHaveLength(1);
    const before = clock.now();
    await command("kill");
    await advance(3_000);
    expect(machine.alive).toHaveLength(0);
    expect(clock.now() - before).toBeLessThan(LIMITS.stopMs);
    expect(bridge.runner(north)?.phase).toBe("stopped");
    await bridge.close();
  });
});

test("of a transfer its beginning and its end stand in the audit, not each piece; long words are cut (K2)", async () => {
  const published: { verb: string; outcome: string; message?: string }[] = [];
  const answers: Uint8Array[] = [];
  const bus = {
    publish: (_: string, data: Uint8Array) => void published.push(decodeJson(auditEntry, data, "audit")),
    respond: (_: unknown, data: Uint8Array) => void answers.push(data),
  };
  const context = { settings: { slave }, ports: { bus, clock: new ManualClock() } } as unknown as BridgeContext;
  const answering = new Answering(context, {
    instance: async () => ({ ok: {}, body: new Uint8Array([1]) }),
    slave: async () => ({}),
  });
  const sha256 = "0".repeat(64);
  const ask = async (verb: string, request: object) => {
    published.length = 0;
    const subject = subjects.command(ann, slave, north, verb);
    await answering.commanded({ subject, data: encodeFrame(request, new Uint8Array([7])), headers: {}, reply: "x" });
    return published.map(({ outcome }) => outcome);
  };
  expect(await ask("move", { op: "put", sha256, offset: 0 })).toEqual([]);
  expect(await ask("move", { op: "about" })).toEqual(["asked", "ok"]);
  expect(answers).toHaveLength(2);
  await ask("k".repeat(200), {});
  expect(published.at(-1)?.verb).toBe("k".repeat(100));
});

test("a refusal of any length is answered whole, and stands in the audit as far as it may", async () => {
  const published: string[] = [];
  const bus = {
    publish: (_: string, data: Uint8Array) => void published.push(decodeJson(auditEntry, data, "audit").message ?? ""),
    respond: () => {},
  };
  const context = { settings: { slave }, ports: { bus, clock: new ManualClock() } } as unknown as BridgeContext;
  const instance = async () => Promise.reject(refused("n".repeat(20_000)));
  const answering = new Answering(context, { instance, slave: async () => ({}) });
  const subject = subjects.command(ann, slave, north, "kill");
  await answering.commanded({ subject, data: encodeJson({}), headers: {}, reply: "x" });
  expect(published.at(-1)).toHaveLength(10_000);
});
