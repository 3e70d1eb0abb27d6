import type { LinkRecord } from "#bridge/link/state";
import type { Delivery, LinkAnswer } from "#core/events/delivery";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { BridgeWatch } from "#sim/cluster/bridge-watch";

const RECORD: LinkRecord = { epoch: 5, assignment: "signed", generation: 1, seeds: { "a.1": 7 } };

const watched = (record = RECORD) => {
  const broken: string[] = [];
  const told: [string, number][] = [];
  const clock = new ManualClock();
  const watch = new BridgeWatch({
    instance: "a",
    clock,
    remembered: () => record,
    told: (world, seed) => void told.push([world, seed]),
    signedEpoch: (assignment) => (assignment === "signed" ? 5 : undefined),
    broke: (rule) => void broken.push(rule),
  });
  const wordOf = (boot: string, round: number, token: string) =>
    ({ boot, round, worlds: { "a.1": { token, seed: 7, tick: 60, allocated: {} } } }) as unknown as Delivery;
  const delivery = (boot: string, round: number, token: string) => watch.delivery(wordOf(boot, round, token));
  const answer = (epoch: number, boot: string, round: number, token: string) =>
    watch.answer({ ok: { ...wordOf(boot, round, token), epoch } } as unknown as LinkAnswer);
  const syncs = (heard: string, prev: string, { epoch = 5, seed = 7 } = {}) =>
    watch.says({ type: "world-synced", data: { world: "a.1", epoch, prev, seed, heard } });
  return { broken, told, clock, watch, delivery, answer, syncs };
};

test("C24 a sync that follows from an older leader's word, or a lower round, is found", async () => {
  const { broken, clock, delivery, syncs } = watched();
  delivery("b2", 9, "new");
  delivery("b1", 20, "old");
  delivery("b2", 8, "old");
  await clock.advance(1);
  syncs("b2", "new");
  expect(broken).toEqual([]);
  syncs("b2", "old");
  syncs("b1", "old");
  expect(broken).toEqual(["C24", "C24", "C24"]);
});

test("the maps that a leader names are told, those of a word that came too late are not", () => {
  const { told, delivery } = watched();
  delivery("b2", 9, "new");
  expect(told).toEqual([["a.1", 7]]);
  delivery("b1", 20, "old");
  expect(told).toEqual([["a.1", 7]]);
});

test("C24 what was the newest word may be said in the moment in which another one comes, and no later", async () => {
  const { broken, clock, watch, delivery, syncs } = watched();
  delivery("b1", 1, "old");
  await clock.advance(5);
  delivery("b2", 1, "new");
  syncs("b1", "old");
  expect(broken).toEqual([]);
  await clock.advance(1);
  syncs("b1", "old");
  expect(broken).toEqual(["C24", "C24"]);
  watch.says({ type: "world-reported", data: { world: "a.1", epoch: 5 } });
  expect(broken).toHaveLength(2);
});

test("C24 the answer of link counts whatever its round, unless its assignment is older than the folder's", async () => {
  const { broken, clock, delivery, answer, syncs } = watched();
  delivery("b2", 9, "new");
  answer(4, "b1", 1, "forgotten");
  await clock.advance(1);
  syncs("b2", "new");
  expect(broken).toEqual([]);
  answer(5, "b1", 1, "old");
  await clock.advance(1);
  syncs("b1", "old");
  expect(broken).toEqual([]);
});

test("C25 a bridge that says an epoch or a map that its folder does not remember is found", () => {
  const { broken, delivery, syncs } = watched();
  delivery("b1", 1, "t");
  syncs("b1", "t", { epoch: 6 });
  expect(broken).toEqual(["C25"]);
  syncs("b1", "t", { seed: 8 });
  expect(broken).toEqual(["C25", "C25"]);
});

test("C26 who is told to be nobody's while he holds his assignment is found; one under another key is not", () => {
  const one = watched();
  one.watch.disowned();
  expect(one.broken).toEqual(["C26"]);
  const other = watched({ ...RECORD, assignment: "another key's" });
  other.watch.disowned();
  expect(other.broken).toEqual([]);
  // What is signed is the assignment before the one that the folder knows of.
  const older = watched({ ...RECORD, epoch: 6 });
  older.watch.disowned();
  expect(older.broken).toEqual([]);
});

test("C27 an id-less save that has gone on is taken for its world on an operator's word alone", () => {
  const { broken, watch, delivery } = watched();
  delivery("b1", 1, "t");
  watch.adopts("a.1", 60, false);
  watch.adopts("a.1", 90, true);
  watch.adopts("a.2", 90, false);
  expect(broken).toEqual([]);
  watch.adopts("a.1", 90, false);
  expect(broken).toEqual(["C27"]);
});
