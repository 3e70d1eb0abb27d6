import { LIMITS } from "#bridge/supervisor/limits";
import { ann, north, scene, settle, slave } from "#bridge/test/bridge-scene";
import { decodeJson, encodeJson } from "#core/events/codec";
import { answer } from "#core/events/command";
import { auditEntry } from "#core/events/telemetry";
import { SELF, subjects } from "#core/subjects";

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
