import { encodeJson } from "#core/events/codec";
import { ANSWER_BYTES_MAX, joinWorlds, type Page, queries, type WorldView } from "#core/events/query";
import { Fold } from "#core/fold/test/kit";
import { Capping } from "#projector/capping";
import { answerQuery } from "#projector/queries";

/** What a query answers fits a message, whatever the cluster holds, and nothing of it is out of reach. */
const LONG = "n".repeat(170);

/** World a.1 has moved `resources` of long names; 20 worlds more have moved one each. */
const large = (resources: number): Fold => {
  const f = new Fold();
  f.assign("a");
  const totals = Object.fromEntries(Array.from({ length: resources }, (_, n) => [`item:${LONG}${n}`, n + 1]));
  f.sync("a.1", { exported: totals, wanted: totals });
  for (let n = 2; n <= 21; n++) f.sync(`a.${n}`, { token: `aaaaaaaaaaaa${n}`, exported: { energy: n } });
  f.round();
  return f;
};

const ask = <N extends "worlds" | "instances">(f: Fold, noun: N, request: Partial<Page>) => {
  const answer = answerQuery(f.state, noun, request, { cluster: () => ({}), capping: new Capping() });
  if (!("ok" in answer)) throw new Error(JSON.stringify(answer));
  expect(encodeJson(answer).length).toBeLessThan(1.2 * ANSWER_BYTES_MAX);
  return queries[noun].answer.parse(answer.ok);
};

test("a world that is longer than an answer comes in several, and joined it is whole", () => {
  const f = large(5_000);
  const pieces: WorldView[] = [];
  let answers = 0;
  for (let after: string | undefined = ""; after !== undefined; answers++) {
    const { worlds, next } = ask(f, "worlds", { after }) as { worlds: WorldView[]; next?: string };
    pieces.push(...worlds);
    after = next;
  }
  expect(answers).toBeGreaterThan(1);
  const worlds = joinWorlds(pieces);
  expect(worlds.map(({ world }) => world).sort()).toEqual([...f.state.worlds.keys()].sort());
  const [first] = worlds;
  expect(Object.keys(first!.exported)).toHaveLength(5_000);
  expect(first!.exported).toEqual(
    Object.fromEntries([...f.state.worlds.get("a.1" as never)!.accounts].map(([key, a]) => [key, a.exported])),
  );
});

test("an answer has at most as many entries as were asked for, and says where to go on", () => {
  const f = large(1);
  const first = ask(f, "worlds", { limit: 5 }) as { worlds: { world: string }[]; next?: string };
  expect(first.worlds.map(({ world }) => world)).toEqual(["a.1", "a.10", "a.11", "a.12", "a.13"]);
  const rest = ask(f, "worlds", { limit: 100, after: first.next! }) as { worlds: { world: string }[]; next?: string };
  expect(rest.worlds).toHaveLength(16);
  expect(rest.next).toBeUndefined();
});

test("what needs many bytes for each entry is paged by bytes", () => {
  const f = new Fold();
  for (let n = 0; n < 1_000; n++) {
    const config = { name: `${"\u0007".repeat(90)}${n}`, seed: 0, autosaveSeconds: 0 };
    f.write({ type: "instance-created", data: { user: "op", instance: `i-${n}`, config } });
  }
  const seen: string[] = [];
  let answers = 0;
  for (let after: string | undefined = ""; after !== undefined; answers++) {
    const answer = ask(f, "instances", { after, limit: 1_000 }) as { instances: { instance: string }[]; next?: string };
    seen.push(...answer.instances.map(({ instance }) => instance));
    after = answer.next;
  }
  expect(answers).toBe(2);
  expect(new Set(seen).size).toBe(1_000);
  expect(seen).toHaveLength(1_000);
});
