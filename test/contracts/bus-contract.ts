import type { Bus, BusMessage } from "#core/ports/bus";
import { until } from "#test/kit/until";

/** Three clients of one server. */
export interface BusesUnderTest {
  readonly a: Bus;
  readonly b: Bus;
  readonly c: Bus;
  /** Takes the server away from all of them; the returned function brings it back. */
  outage(): Promise<() => Promise<void>>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (data: Uint8Array): string => new TextDecoder().decode(data);

export const busContract = (name: string, make: () => Promise<BusesUnderTest>): void => {
  describe(`${name} keeps the contract of a bus`, () => {
    let subjects = 0;
    /** No two tests share subjects. */
    const fresh = () => `contract.bus${++subjects}`;

    /** What a subscription has heard; resolves when the server knows the subscription. */
    const listen = async (bus: Bus, subject: string, options?: { queue?: string }) => {
      const heard: BusMessage[] = [];
      const subscription = bus.subscribe(subject, (message) => heard.push(message), options);
      await bus.flush();
      return { heard, subscription, texts: () => heard.map(({ data }) => textOf(data)) };
    };

    test("every subscriber hears a message once, byte for byte, in the order of publishing", async () => {
      const { a, b, c } = await make();
      const s = fresh();
      const [one, two] = await Promise.all([listen(b, `${s}.x`), listen(c, `${s}.x`)]);
      const sent = Array.from({ length: 200 }, (_, n) => `message ${n}`);
      for (const text of sent) a.publish(`${s}.x`, bytes(text));
      const raw = new Uint8Array([0, 255, 13, 10]);
      a.publish(`${s}.x`, raw);
      raw.fill(1);
      await until(() => one.heard.length === 201 && two.heard.length === 201, { what: "both heard all" });
      expect(one.texts().slice(0, 200)).toEqual(sent);
      expect(two.texts().slice(0, 200)).toEqual(sent);
      expect([...one.heard[200]!.data]).toEqual([0, 255, 13, 10]);
      expect(one.heard[0]!.subject).toBe(`${s}.x`);
      expect(one.heard[0]!.reply).toBeUndefined();
      expect(one.heard[0]!.headers).toEqual({});
    });

    test('"*" stands for one token and ">" for one or more at the end', async () => {
      const { a, b } = await make();
      const s = fresh();
      const one = await listen(b, `${s}.*.c`);
      const more = await listen(b, `${s}.a.>`);
      const all = await listen(b, `${s}.>`);
      for (const subject of [`${s}.a`, `${s}.a.c`, `${s}.a.b.c`, `${s}.b.c`, `${s}.b.d`, s])
        a.publish(subject, bytes(subject));
      await until(() => all.heard.length === 5, { what: "all came" });
      expect(one.texts()).toEqual([`${s}.a.c`, `${s}.b.c`]);
      expect(more.texts()).toEqual([`${s}.a.c`, `${s}.a.b.c`]);
    });

    test("one member of a queue group hears each message; those outside hear all", async () => {
      const { a, b, c } = await make();
      const s = fresh();
      const first = await listen(b, s, { queue: "workers" });
      const second = await listen(c, s, { queue: "workers" });
      const outside = await listen(c, s);
      for (let n = 0; n < 100; n++) a.publish(s, bytes(String(n)));
      await until(() => outside.heard.length === 100 && first.heard.length + second.heard.length === 100, {
        what: "each was heard",
      });
      const shared = [...first.texts(), ...second.texts()].map(Number).sort((x, y) => x - y);
      expect(shared).toEqual(Array.from({ length: 100 }, (_, n) => n));
    });

    test("a stopped subscription hears nothing more", async () => {
      const { a, b, c } = await make();
      const s = fresh();
      const stopped = await listen(b, s);
      const other = await listen(c, s);
      a.publish(s, bytes("1"));
      await until(() => stopped.heard.length === 1, { what: "the first came" });
      stopped.subscription.stop();
      await b.flush();
      a.publish(s, bytes("2"));
      await until(() => other.heard.length === 2, { what: "the second came to the other" });
      expect(stopped.texts()).toEqual(["1"]);
    });

    test("handlers run one at a time: what a handler publishes is heard after it returned", async () => {
      const { a } = await make();
      const s = fresh();
      const steps: string[] = [];
      a.subscribe(s, ({ data }) => {
        const text = textOf(data);
        steps.push(`begin ${text}`);
        if (text === "1") a.publish(s, bytes("2"));
        steps.push(`end ${text}`);
      });
      await a.flush();
      a.publish(s, bytes("1"));
      await until(() => steps.length === 4, { what: "both were handled" });
      expect(steps).toEqual(["begin 1", "end 1", "begin 2", "end 2"]);
    });

    test("a request gets its answer", async () => {
      const { a, b } = await make();
      const s = fresh();
      b.subscribe(`${s}.*`, (message) => b.respond(message, bytes(`${textOf(message.data)} pong`)));
      await b.flush();
      const results = await Promise.all(["x", "y"].map((text) => a.request(`${s}.${text}`, bytes(text), 5_000)));
      expect(results.map((result) => (result.kind === "answer" ? textOf(result.data) : result.kind))).toEqual([
        "x pong",
        "y pong",
      ]);
    });

    test("a request that nobody serves is told so at once", async () => {
      const { a } = await make();
      const began = performance.now();
      expect(await a.request(fresh(), bytes("?"), 20_000)).toEqual({ kind: "nobody" });
      expect(performance.now() - began).toBeLessThan(5_000);
    });

    test("a request without an answer ends at its deadline", async () => {
      const { a, b } = await make();
      const s = fresh();
      const silent = await listen(b, s);
      expect(await a.request(s, bytes("?"), 100)).toEqual({ kind: "timeout" });
      expect(silent.heard[0]?.reply).toEqual(expect.any(String));
    });

    test("answering a message that asks for nothing is ignored", async () => {
      const { a, b } = await make();
      const s = fresh();
      const { heard } = await listen(b, s);
      a.publish(s, bytes("1"));
      await until(() => heard.length === 1, { what: "it came" });
      b.respond(heard[0]!, bytes("nobody asked"));
      await b.flush();
    });

    test("an outage is told; subscriptions outlive it, and what was published in it is gone", async () => {
      const { a, b, outage } = await make();
      const s = fresh();
      const { texts } = await listen(b, s);
      const told: boolean[] = [];
      const telling = a.onConnection((connected) => told.push(connected));
      expect(a.connected()).toBe(true);
      const end = await outage();
      await until(() => !a.connected() && !b.connected(), { what: "both know" });
      a.publish(s, bytes("lost"));
      await end();
      await Promise.all([a.flush(), b.flush()]);
      expect(a.connected()).toBe(true);
      a.publish(s, bytes("after"));
      await until(() => texts().length > 0, { what: "something came again" });
      expect(texts()).toEqual(["after"]);
      expect(told).toEqual([false, true]);
      telling.stop();
    });

    test("a request in an outage ends at its deadline, or is answered when the server is back before it", async () => {
      const { a, b, outage } = await make();
      const s = fresh();
      b.subscribe(s, (message) => b.respond(message, bytes("here")));
      await b.flush();
      const end = await outage();
      await until(() => !a.connected() && !b.connected(), { what: "both know" });
      expect(await a.request(s, bytes("?"), 50)).toEqual({ kind: "timeout" });
      const flushed = Promise.all([a.flush(), b.flush()]);
      await end();
      await flushed;
      expect((await a.request(s, bytes("?"), 20_000)).kind).toBe("answer");
    });
  });
};
