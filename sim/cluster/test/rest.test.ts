import { Chance } from "#sim/cluster/chance";
import type { Cluster } from "#sim/cluster/cluster";
import { decideRewinds } from "#sim/cluster/rest";

/** What the operator does with an instance whose rewind he has rejected, and which has these saves. */
const orders = (...saves: { readonly instance: string; readonly opens: boolean }[]): string[] => {
  const done: string[] = [];
  const stored = saves.map(
    ({ opens, instance }, n) => [`${n}.zip`, { opens, writtenAt: n, save: { instance } }] as const,
  );
  const host = {
    ...{ instance: "a", stopped: "rejected", busy: false, running: false, bridge: {} },
    folder: { saves: new Map(stored) },
    load: () => void done.push("load"),
    startAgain: () => void done.push("start again"),
  };
  const rest = { chance: new Chance(1), weather: { quiet: true, count: () => {} }, operator: { waiting: 0 } };
  decideRewinds({ ...rest, hosts: [host], leader: undefined } as unknown as Cluster);
  return done;
};

test("H2 an operator who has rejected a rewind gives another save, and starts the same one where there is none", () => {
  expect(orders({ instance: "a", opens: true })).toEqual(["load"]);
  expect(orders({ instance: "a", opens: false }, { instance: "", opens: true })).toEqual(["start again"]);
});
