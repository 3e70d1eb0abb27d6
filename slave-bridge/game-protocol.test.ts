import { decodeLease, decodeReport, decodeWhole, Names, nextFileIn } from "#bridge/game-protocol";

const TOKEN = "abcdefghijklm";
const whole = (change: object = {}) =>
  JSON.stringify({
    ...{ v: 1, mod: "0.1.0", game: "2.1.9", token: TOKEN, instance: "a", world: "a.1", tick: 3600, seed: 123 },
    ...{ names: ["item:iron-plate", "item:copper-plate"], exported: { 0: 12 }, received: { 1: 5 }, wanted: { 1: 20 } },
    ...{ atLoad: { "item:iron-plate": 12 }, untakeable: [], file: `clusterio/${TOKEN}-0.jsonl` },
    ...change,
  });

describe("the reply to begin", () => {
  test("numbers become names", () => {
    const begun = decodeWhole(whole());
    if (begun.kind !== "whole") throw new Error(begun.code);
    expect(begun.whole).toEqual({
      ...{ token: TOKEN, instance: "a", world: "a.1", tick: 3600, seed: 123 },
      ...{
        exported: { "item:iron-plate": 12 },
        received: { "item:copper-plate": 5 },
        wanted: { "item:copper-plate": 20 },
      },
      ...{ atLoad: { "item:iron-plate": 12 }, untakeable: [] },
    });
    expect(begun.names.numberOf("item:copper-plate")).toBe(1);
    expect(begun.file).toBe(`clusterio/${TOKEN}-0.jsonl`);
  });

  test("Lua's empty list is {}", () => {
    const empty = { names: {}, untakeable: {}, exported: {}, received: {}, wanted: {}, atLoad: {} };
    expect(decodeWhole(whole(empty))).toMatchObject({ kind: "whole", whole: { untakeable: [] } });
  });

  test("what mods renamed is told by resources, where anything was", () => {
    const renamedIn = (change: object) => {
      const begun = decodeWhole(whole(change));
      return begun.kind === "whole" ? Object.fromEntries(begun.renamed) : begun.code;
    };
    expect(renamedIn({})).toEqual({});
    expect(renamedIn({ renamed: { "item:a": "item:b", nonsense: "item:c", "item:d": "nonsense" } })).toEqual({
      "item:a": "item:b",
    });
  });

  test("what no ledger would take is left out instead of spoiling the rest", () => {
    const names = ["item:iron-plate", "item:normal:normal", "nonsense"];
    const begun = decodeWhole(
      whole({ names, exported: { 0: 1, 1: 2, 2: 3 }, received: {}, wanted: {}, untakeable: ["nonsense"] }),
    );
    if (begun.kind !== "whole") throw new Error(begun.code);
    expect(begun.whole.exported).toEqual({ "item:iron-plate": 1 });
    expect(begun.whole.untakeable).toEqual([]);
  });

  test.each([
    ['{"error":"token-used","message":"draw another"}', "token-used"],
    ["", "no-mod"],
    ["Unknown command clusterio-begin.\n", "no-mod"],
    [whole({ exported: { 7: 1 } }), "malformed"],
    [whole({ exported: { 0: -1 } }), "malformed"],
    [whole({ exported: { 0: 1.5 } }), "malformed"],
    [whole({ v: 2 }), "malformed"],
    [whole({ file: "../../etc/passwd" }), "malformed"],
  ])("%s is refused", (reply, code) => {
    expect(decodeWhole(reply)).toMatchObject({ kind: "error", code, message: expect.stringMatching(/./) });
  });
});

describe("a report", () => {
  const names = () => {
    const known = new Names();
    known.add(0, "item:iron-plate");
    return known;
  };
  const line = (change: object) => JSON.stringify({ token: TOKEN, seq: 7, tick: 3660, ...change });

  test("teaches the names that it gives", () => {
    const known = names();
    const text = line({
      names: { 2: "item:gear" },
      exported: { 0: 14 },
      received: { 2: 0 },
      wanted: { 2: 16 },
      full: true,
    });
    expect(decodeReport(text, known, TOKEN)).toMatchObject({
      kind: "report",
      report: {
        seq: 7,
        full: true,
        exported: { "item:iron-plate": 14 },
        received: { "item:gear": 0 },
        wanted: { "item:gear": 16 },
      },
    });
    expect(known.numberOf("item:gear")).toBe(2);
  });

  test("one that uses a name which has not come yet is told from a bad one", () => {
    expect(decodeReport(line({ wanted: { 5: 1 }, received: { 5: 0 } }), names(), TOKEN)).toEqual({
      kind: "unknown-number",
    });
  });

  test("one of another session, a complaint, and noise are told apart", () => {
    expect(decodeReport(line({ token: "zzzzzzzzzzzzz" }), names(), TOKEN)).toMatchObject({ code: "wrong-token" });
    expect(decodeReport('{"error":"payload","message":"no"}', names(), TOKEN)).toMatchObject({
      code: "payload",
      message: "no",
    });
    expect(decodeReport("lua error: attempt to", names(), TOKEN)).toMatchObject({ code: "no-mod" });
    expect(decodeReport(line({ seq: -1 }), names(), TOKEN)).toMatchObject({ kind: "error" });
  });
});

describe("the rest", () => {
  test("the next part of a report file is named by its last line", () => {
    expect(nextFileIn(`{"next":"clusterio/${TOKEN}-1.jsonl"}`)).toBe(`clusterio/${TOKEN}-1.jsonl`);
    expect(nextFileIn('{"next":"../secret"}')).toBeUndefined();
    expect(nextFileIn('{"token":"x"}')).toBeUndefined();
  });

  test("the lease's reply is the tick", () => {
    expect(decodeLease('{"tick":12}')).toEqual({ kind: "tick", tick: 12 });
    expect(decodeLease('{"error":"wrong-token"}')).toMatchObject({ kind: "error", code: "wrong-token" });
  });
});
