import type { LinkRecord } from "#bridge/link/state";
import type { Delivery } from "#core/events/delivery";
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
  const delivery = (boot: string, round: number, token: string) =>
    watch.delivery({
      boot,
      round,
      worlds: { "a.1": { token, seed: 7, tick: 60, allocated: {} } },
    } as unknown as Delivery);
  const syncs = (heard: string, prev: string, epoch = 5) =>
    watch.says({ type: "world-synced", data: { world: "a.1", epoch, prev, seed: 7, heard } });
  return { broken, told, clock, watch, delivery, syncs };
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

test("C25 a bridge that says what its folder does not remember is found", () => {
  const { broken, delivery, syncs } = watched();
  delivery("b1", 1, "t");
  syncs("b1", "t", 6);
  expect(broken).toEqual(["C25"]);
});

test("C26 who is told to be nobody's while he holds his assignment is found; one under another key is not", () => {
  const one = watched();
  one.watch.disowned();
  expect(one.broken).toEqual(["C26"]);
  const other = watched({ ...RECORD, assignment: "another key's" });
  other.watch.disowned();
  expect(other.broken).toEqual([]);
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
