import { nodeRandom } from "#core/adapters/node-random";
import { type Boot, nextBoot } from "#core/boot";
import { LAPSE_MS } from "#core/fold/lapse";
import { setRaised } from "#core/fold/moves";
import { accountOf, newState, type State, stockOf, worldOf } from "#core/fold/state";
import { addInstance } from "#core/fold/sync";
import { instanceId, parseWorldId } from "#core/ids";
import { FORGOTTEN_MS, type Granting, heldUp, judged, NOT_YET, RESTATED_MS_MAX } from "#projector/granting";
import { PLATE } from "#projector/test/kit";

/** P9, moment by moment. */
const BOOT = "00000000a-aaaa";
const START = 1_000_000;

/** A term that looks at this state again and again. */
const term = (state: State) => {
  let granting: Granting = NOT_YET;
  return (ms: number, hasRoom = true): boolean => {
    granting = judged(granting, { state, boot: BOOT, now: START + ms, hasRoom });
    return granting.may;
  };
};

const withSession = (state = newState(), id = "a.1") => {
  const world = worldOf(state, parseWorldId(id).id, instanceId(parseWorldId(id).instance));
  world.open = true;
  return { state, world };
};

test("P9 nothing is granted while nobody has a session, however long that is", () => {
  const state = newState();
  const mayAt = term(state);
  expect(mayAt(0)).toBe(false);
  expect(mayAt(100 * RESTATED_MS_MAX)).toBe(false);
  withSession(state);
  expect(mayAt(100 * RESTATED_MS_MAX + 1)).toBe(true);
});

test("P9 an open session has to restate to this very leader, or the wait has to be over", () => {
  const { state, world } = withSession();
  const mayAt = term(state);
  world.heard = "000000009-aaaa" as typeof world.heard;
  expect(mayAt(0)).toBe(false);
  expect(mayAt(RESTATED_MS_MAX - 1)).toBe(false);
  expect(mayAt(RESTATED_MS_MAX)).toBe(true);
  const second = term(state);
  expect(second(0)).toBe(false);
  world.heard = BOOT as typeof world.heard;
  expect(second(1)).toBe(true);
});

test("P9 who lost his session with EVENTS is waited for, in that term and in the next ones, as long as a silence lasts", () => {
  const boot = (ms: number) => nextBoot(ms, "", nodeRandom);
  const both = (ended: Boot) => {
    const { state, world } = withSession();
    for (const id of ["a", "b"]) addInstance(state, instanceId(id), undefined);
    const { world: other } = withSession(state, "b.1");
    other.open = false;
    other.token = `~${ended}.0`;
    const mayGrant = (to: Boot) => {
      world.heard = to;
      return judged(NOT_YET, { state, boot: to, now: START, hasRoom: true }).may;
    };
    return { state, other, mayGrant };
  };
  const ended = boot(START);
  const { state, other, mayGrant } = both(ended);
  expect(mayGrant(ended)).toBe(false);
  expect(mayGrant(boot(START + LAPSE_MS))).toBe(false);
  expect(mayGrant(boot(START + LAPSE_MS + 1))).toBe(true);
  // Another end of a session is one that a leader knew of.
  other.token = `~${ended}.1`;
  expect(mayGrant(ended)).toBe(true);
  other.token = `~${ended}.0`;
  // Another world of that instance has a session: nobody speaks for this one.
  withSession(state, "b.2").world.heard = ended;
  expect(mayGrant(ended)).toBe(true);
  const gone = both(ended);
  gone.state.instances.get(instanceId("b"))!.deleted = true;
  expect(gone.mayGrant(ended)).toBe(true);
});

test("P9 a ledger that forgot waits from its first session on, also for those that have none yet", () => {
  const { state, world } = withSession();
  const mayAt = term(state);
  world.open = false;
  expect(mayAt(0)).toBe(false);
  world.open = true;
  world.heard = BOOT as typeof world.heard;
  setRaised(state, accountOf(state, world, PLATE), 5);
  const spoken = 3 * FORGOTTEN_MS;
  expect(mayAt(spoken)).toBe(false);
  // What was told is no longer in the state; that it had been forgotten is not forgotten.
  setRaised(state, accountOf(state, world, PLATE), 0);
  expect(mayAt(spoken + FORGOTTEN_MS - 1)).toBe(false);
  expect(mayAt(spoken + FORGOTTEN_MS)).toBe(true);
});

test("P9 who may grant goes on although a new session has not restated, and stops while the ledger has no room", () => {
  const { state, world } = withSession();
  world.heard = BOOT as typeof world.heard;
  const mayAt = term(state);
  expect(mayAt(0)).toBe(true);
  withSession(state, "b.1");
  setRaised(state, accountOf(state, world, PLATE), 5);
  expect(mayAt(1)).toBe(true);
  expect(mayAt(2, false)).toBe(false);
  expect(mayAt(FORGOTTEN_MS, true)).toBe(true);
  expect(stockOf(state, PLATE).storage).toBe(0);
});

test("P9 time in which a full ledger held its leader up is no time in which worlds could have spoken", () => {
  const { state, world } = withSession();
  world.heard = BOOT as typeof world.heard;
  setRaised(state, accountOf(state, world, PLATE), 5);
  const at = (before: Granting, ms: number) => judged(before, { state, boot: BOOT, now: START + ms, hasRoom: true });
  const held = heldUp(at(NOT_YET, 0));
  const spoken = FORGOTTEN_MS - 1;
  const after = at(held, spoken);
  expect(at(after, spoken + FORGOTTEN_MS - 1).may).toBe(false);
  const may = at(after, spoken + FORGOTTEN_MS);
  expect(may.may).toBe(true);
  expect(heldUp(may)).toBe(may);
});
