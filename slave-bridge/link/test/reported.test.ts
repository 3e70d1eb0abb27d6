import { newLink } from "#bridge/link/link";
import type { LinkState } from "#bridge/link/state";
import { reported } from "#bridge/link/statements";
import { nextBoot } from "#core/boot";
import { instanceId, slaveId } from "#core/ids";
import { SeededRandom } from "#core/ports/memory/seeded-random";

const boot = nextBoot(1_700_000_000_000, "", new SeededRandom(1));
const state: LinkState = {
  ...newLink({ instance: instanceId("a"), slave: slaveId("s"), boot }),
  ...{ received: { "item:plate": 10, "item:gear": 4 }, wantedAt: { "item:gear": 2 }, seq: 7 },
  sent: { "item:plate": { total: 12, at: 0 }, "item:gear": { total: 9, at: 0 } },
};
const report = (received: Record<string, number>, wanted: Record<string, number> = {}) => ({
  ...{ token: "0123456789", seq: 8, tick: 60, exported: {}, received, wanted },
});

test("a report that changes nothing copies nothing: a busy game writes twelve a second", () => {
  const [next] = reported(state, report({ "item:plate": 10, "item:gear": 3 }), 1);
  expect(next.received).toBe(state.received);
  expect(next.sent).toBe(state.sent);
  expect(next.wantedAt).toBe(state.wantedAt);
});

test("what it changes is taken in, and the state before stays as it was", () => {
  const before = structuredClone(state);
  const [next] = reported(state, report({ "item:plate": 12, "item:coal": 0 }, { "item:coal": 5 }), 1);
  expect(next.received).toEqual({ "item:plate": 12, "item:gear": 4, "item:coal": 0 });
  expect(next.sent).toEqual({ "item:gear": { total: 9, at: 0 } });
  expect(next.wantedAt).toEqual({ "item:gear": 2, "item:coal": 8 });
  expect(state).toEqual(before);
});
