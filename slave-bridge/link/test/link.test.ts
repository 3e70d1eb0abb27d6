import { recordAssigned } from "#bridge/link/identity";
import { ASK_MS, link, MISSES_MAX, newLink, RESEND_MS, SILENT_MS } from "#bridge/link/link";
import {
  EMPTY_RECORD,
  type LinkAction,
  type LinkInput,
  type LinkRecord,
  type LinkState,
  type WholeState,
} from "#bridge/link/state";
import { HEARTBEAT_MS } from "#bridge/link/statements";
import type { Boot } from "#core/boot";
import type { Delivery, LinkAnswer } from "#core/events/delivery";
import { encodeFact } from "#core/events/fact-encoder";
import { FACT_BYTES_MAX } from "#core/events/shapes";
import { instanceId, slaveId } from "#core/ids";
import { SeededRandom } from "#core/ports/memory/seeded-random";

/** The world link by its rules (W1 to W9); each ◆ and ◇ test fails without its rule. */
const BOOT = "00000000m-mmmm" as Boot;
const LEADER = "00000000a-aaaa" as Boot;
const LATER = "00000000b-aaaa" as Boot;
const PLATE = "item:iron-plate";

const view = (over: Partial<Delivery> = {}): Delivery => ({
  boot: LEADER,
  round: 10,
  epoch: 5,
  generation: 1,
  owner: "",
  worlds: {} as Delivery["worlds"],
  ...over,
});
const echo = (world: string, token: string, allocated: Record<string, number> = {}, at = { seed: 7, tick: 0 }) =>
  ({ [world]: { token, ...at, allocated } }) as Delivery["worlds"];
const ok = (over: Partial<Delivery> = {}): LinkAnswer => ({
  ok: { ...view(over), assignment: "signed", config: { name: "A", seed: 7, autosaveSeconds: 0 } },
});

class Bridge {
  state: LinkState;
  actions: LinkAction[] = [];
  now = 1_000_000;
  readonly #random = new SeededRandom(1);
  constructor(record?: LinkRecord, boot = BOOT) {
    const of = { instance: instanceId("a"), slave: slaveId("s1"), boot };
    this.state = newLink(record === undefined ? of : { ...of, record });
  }
  do(input: LinkInput): LinkAction[] {
    const [state, actions] = link(this.state, input, this.now, this.#random);
    this.state = state;
    this.actions = [...actions];
    return this.actions;
  }
  whole(over: Partial<WholeState> = {}): WholeState {
    const { token } = this.state;
    const none = { exported: {}, received: {}, wanted: {}, atLoad: {}, untakeable: [] };
    return { token, instance: "a", world: "a.1", tick: 100, seed: 7, ...none, ...over };
  }
  /** Connects, asks, begins; the game answers `whole`. */
  begin(whole: Partial<WholeState> = {}, answer = ok()): LinkAction[] {
    this.do({ kind: "connected" });
    this.do({ kind: "answer", answer });
    return this.do({ kind: "begun", whole: this.whole(whole) });
  }
  deliver(over: Partial<Delivery>): LinkAction[] {
    return this.do({ kind: "delivery", delivery: view(over) });
  }
  kinds(): string[] {
    return this.actions.map((action) => action.kind);
  }
  /** The one published fact of the last step. */
  get fact() {
    const published = this.actions.filter((action) => action.kind === "publish");
    expect(published).toHaveLength(1);
    return published[0]!.fact;
  }
}

test("a new connection asks the leader, begins with a fresh token, and opens with one sync naming the token last echoed", () => {
  const b = new Bridge();
  expect(b.do({ kind: "connected" })).toEqual([{ kind: "ask", request: { instance: "a", epoch: 0 } }]);
  b.do({ kind: "answer", answer: ok({ worlds: echo("a.1", "tokenbefore1") }) });
  expect(b.kinds()).toEqual(["remember", "begin"]);
  b.do({ kind: "begun", whole: b.whole({ exported: { [PLATE]: 5 }, received: { [PLATE]: 3 } }) });
  expect(b.fact).toMatchObject({
    type: "world-synced",
    data: {
      world: "a.1",
      token: b.state.token,
      prev: "tokenbefore1",
      owner: BOOT,
      epoch: 5,
      assignment: "signed",
      exported: { [PLATE]: 5 },
    },
  });
});

test("W1 every session draws another token, and a token that the save holds is drawn again", () => {
  const b = new Bridge();
  b.begin();
  const first = b.state.token;
  b.do({ kind: "disconnected" });
  b.begin();
  expect(b.state.token).not.toBe(first);
  b.do({ kind: "connected" });
  b.do({ kind: "answer", answer: ok() });
  const refused = b.state.token;
  expect(b.do({ kind: "refused", code: "token-used", message: "" })[0]).toMatchObject({ kind: "begin" });
  expect(b.state.token).not.toBe(refused);
});

test("◆ W2 echo: three deliveries running with another token begin a new session, two do not", () => {
  const b = new Bridge();
  b.begin();
  for (let n = 1; n < MISSES_MAX; n++) expect(b.deliver({ round: 10 + n })).toEqual([]);
  b.deliver({ round: 20, worlds: echo("a.1", b.state.token) });
  for (let n = 1; n < MISSES_MAX; n++) expect(b.deliver({ round: 20 + n })).toEqual([]);
  b.deliver({ round: 30 });
  expect(b.kinds()).toEqual(["linked", "begin"]);
});

test("◇ W2 three silent periods mean unlinked: link is asked, and its answer counts whatever its round or boot", () => {
  const b = new Bridge();
  b.begin({}, ok({ boot: LATER, round: 99 }));
  b.deliver({ boot: LATER, round: 100, worlds: echo("a.1", b.state.token) });
  expect(b.state.linked).toBe(true);
  b.now += SILENT_MS;
  b.do({ kind: "tick" });
  expect(b.kinds().slice(0, 2)).toEqual(["linked", "ask"]);
  // The ledger was restored from a backup: its leader's boot and rounds are older than those heard before.
  b.do({ kind: "answer", answer: ok({ boot: LEADER, round: 3, worlds: echo("a.1", b.state.token, { [PLATE]: 9 }) }) });
  expect(b.state.linked).toBe(true);
  expect(b.actions).toContainEqual({ kind: "import", totals: { [PLATE]: 9 } });
  expect(b.deliver({ boot: LEADER, round: 4, worlds: echo("a.1", b.state.token, { [PLATE]: 12 }) })).toContainEqual({
    kind: "import",
    totals: { [PLATE]: 12 },
  });
});

test("W6 a folder that begins empty learns its maps and generation from the first answer, and keeps them when the ledger is lost", () => {
  const worlds = { ...echo("a.1", "tokenbefore1", {}, { seed: 7, tick: 500 }), ...echo("a.2", "tokenbefore2") };
  const record = recordAssigned({ epoch: 5, generation: 2, worlds, assignment: "signed" });
  expect(record).toEqual({ epoch: 5, generation: 2, assignment: "signed", seeds: { "a.1": 7, "a.2": 7 } });
  // A later answer changes no seed that is known, and a ledger that knows nothing takes none away.
  const b = new Bridge(record);
  b.begin({}, ok({ generation: 2, worlds: echo("a.1", "tokenbefore3", {}, { seed: 99, tick: 1 }) }));
  expect(b.state.record.seeds).toMatchObject({ "a.1": 7, "a.2": 7 });
  const lost = new Bridge(b.state.record);
  lost.begin({ instance: "", world: "", seed: 8, tick: 10 }, ok({ generation: 1, worlds: {} as never }));
  expect(lost.state.phase).toBe("undecided");
});

test("W6 a map that ran elsewhere is learned from a delivery, too", () => {
  const b = new Bridge();
  b.begin();
  const worlds = { ...echo("a.1", b.state.token), ...echo("a.3", "tokenbefore3", {}, { seed: 33, tick: 4 }) };
  b.deliver({ round: 11, worlds });
  expect(b.actions[0]).toMatchObject({ kind: "remember", record: { seeds: { "a.3": 33 } } });
});

test("W10 a session that the master holds back is not begun anew: it waits with an alarm, and says all once it is accepted", () => {
  const b = new Bridge();
  b.begin({ exported: { [PLATE]: 5 } });
  const { token } = b.state;
  const waits = (rejected = {}) =>
    ({ "a.1": { token: "~void.1", seed: 7, tick: 0, allocated: {}, held: { token, ...rejected } } }) as never;
  b.deliver({ round: 11, worlds: waits() });
  expect(b.actions).toEqual([{ kind: "alarm", message: expect.stringContaining("clusterio world accept a.1") }]);
  for (let n = 0; n < 2 * MISSES_MAX; n++) expect(b.deliver({ round: 12 + n, worlds: waits() })).toEqual([]);
  b.now += SILENT_MS;
  b.do({ kind: "tick" });
  expect(b.do({ kind: "answer", answer: ok({ round: 20, worlds: waits() }) })).toEqual([]);
  expect(b.state).toMatchObject({ linked: false, token });
  b.deliver({ round: 21, worlds: echo("a.1", token, { [PLATE]: 9 }) });
  expect(b.actions).toEqual([
    { kind: "linked", linked: true },
    { kind: "import", totals: { [PLATE]: 9 } },
    { kind: "pull-full" },
  ]);
});

test("W10 a session that an operator rejected stops its server and says what to do; another save begins anew", () => {
  const b = new Bridge();
  b.begin();
  const rejected = {
    token: "~void.1",
    seed: 7,
    tick: 0,
    allocated: {},
    held: { token: b.state.token, rejected: true },
  };
  b.deliver({ round: 11, worlds: { "a.1": rejected } as never });
  expect(b.kinds()).toEqual(["alarm", "stop-server"]);
  expect(b.actions[1]).toMatchObject({ why: "rejected", message: expect.stringContaining("give it another save") });
  expect(b.deliver({ round: 12, worlds: echo("a.1", b.state.token) })).toEqual([]);
});

test("W10 what is held of another session of the world does not keep this one from beginning anew", () => {
  const b = new Bridge();
  b.begin();
  const other = { token: "~void.1", seed: 7, tick: 0, allocated: {}, held: { token: "anothertoken1" } };
  for (let n = 1; n <= MISSES_MAX; n++) b.deliver({ round: 10 + n, worlds: { "a.1": other } as never });
  expect(b.kinds()).toEqual(["begin"]);
});

test("W2 an answer of link with another token counts as the last miss", () => {
  const b = new Bridge();
  b.begin();
  b.now += SILENT_MS;
  b.do({ kind: "tick" });
  b.do({ kind: "answer", answer: ok() });
  expect(b.kinds()).toContain("begin");
});

test("W3 a lower round of one boot and any round of an older boot are dropped", () => {
  const b = new Bridge();
  b.begin({}, ok({ boot: LATER, round: 10 }));
  const worlds = echo("a.1", b.state.token, { [PLATE]: 9 });
  expect(b.deliver({ boot: LATER, round: 9, worlds })).toEqual([]);
  expect(b.deliver({ boot: LEADER, round: 99, worlds })).toEqual([]);
  expect(b.deliver({ boot: LATER, round: 10, worlds })).toContainEqual({ kind: "import", totals: { [PLATE]: 9 } });
});

test("◆ W4 twin: a bridge whose session a later boot took stops its server, and never takes it back", () => {
  const b = new Bridge();
  b.begin();
  b.deliver({ owner: "00000000z-zzzz" as Boot, worlds: echo("a.1", "tokenofother") });
  expect(b.kinds()).toEqual(["alarm", "stop-server"]);
  expect(b.do({ kind: "connected" })).toEqual([]);
  for (let n = 0; n < 9; n++) expect(b.deliver({ round: 50 + n })).toEqual([]);
});

test("◆ W4 a bridge that finds a later boot at the start stops, too; an earlier boot is taken over", () => {
  const late = new Bridge();
  late.begin({}, ok({ owner: "00000000z-zzzz" as Boot }));
  expect(late.kinds()).toContain("stop-server");
  const early = new Bridge();
  early.begin({}, ok({ owner: "000000001-zzzz" as Boot }));
  expect(early.fact.type).toBe("world-synced");
});

test("◇ W5 'not yours' stops the server only with a higher epoch than the bridge's own; otherwise it waits, alarmed", () => {
  const b = new Bridge();
  b.begin();
  b.do({ kind: "disconnected" });
  b.do({ kind: "connected" });
  b.do({ kind: "answer", answer: { notYours: { epoch: 5 } } });
  expect(b.kinds()).toEqual(["alarm"]);
  b.now += ASK_MS;
  expect(b.do({ kind: "tick" })).toEqual([{ kind: "ask", request: { instance: "a", epoch: 5, assignment: "signed" } }]);
  b.do({ kind: "answer", answer: { notYours: { epoch: 6 } } });
  expect(b.kinds()).toEqual(["alarm", "stop-server"]);
});

test("W5 a server whose instance was deleted is stopped, and told why", () => {
  const b = new Bridge();
  b.begin();
  b.do({ kind: "disconnected" });
  b.do({ kind: "connected" });
  const said = b.do({ kind: "answer", answer: { notYours: { epoch: 6, deleted: true } } });
  expect(said).toContainEqual(
    expect.objectContaining({ kind: "stop-server", message: expect.stringMatching(/was deleted/) }),
  );
});

test("◇ W5 a folder that was held under a later assignment begins no session under an earlier one", () => {
  const b = new Bridge({ ...EMPTY_RECORD, epoch: 6, assignment: "signed for another slave" });
  b.do({ kind: "connected" });
  b.do({ kind: "answer", answer: ok({ epoch: 5 }) });
  expect(b.kinds()).toEqual(["alarm"]);
  b.now += ASK_MS;
  expect(b.do({ kind: "tick" })).toMatchObject([{ kind: "ask", request: { epoch: 6 } }]);
  b.do({ kind: "answer", answer: ok({ epoch: 7 }) });
  expect(b.kinds()).toEqual(["remember", "begin"]);
});

test("a leader that is away is asked again", () => {
  const b = new Bridge();
  b.do({ kind: "connected" });
  b.do({ kind: "answer", answer: "nobody" });
  b.now += ASK_MS;
  expect(b.do({ kind: "tick" })).toMatchObject([{ kind: "ask" }]);
});

test("◆ W6 a world's id is derived: the same save on the same instance is always the same world", () => {
  const adoptOf = (whole: Partial<WholeState>) => {
    const b = new Bridge();
    return b.begin(whole).find((action) => action.kind === "adopt");
  };
  expect(adoptOf({ instance: "", world: "" })).toMatchObject({ world: "a.1", atLoad: {} });
  const foreign = { instance: "b", world: "b.3", atLoad: { [PLATE]: 12 } };
  expect(adoptOf(foreign)).toEqual(adoptOf(foreign));
  expect(adoptOf(foreign)?.world).toMatch(/^a\.1\.[0-9a-f]{8}$/);
  expect(adoptOf({ ...foreign, world: "b.4" })?.world).not.toBe(adoptOf(foreign)?.world);
});

test("◆ W6 adoption hands back what the save had exported at load, so the same on every peer", () => {
  const b = new Bridge();
  const actions = b.begin({ instance: "b", world: "b.3", atLoad: { [PLATE]: 12 } });
  expect(actions.map((action) => action.kind)).toEqual(["remember", "adopt"]);
  expect(actions[1]).toMatchObject({ atLoad: { [PLATE]: 12 } });
  const world = (actions[1] as { world: string }).world;
  b.do({ kind: "begun", whole: b.whole({ world, exported: { [PLATE]: 3 } }) });
  expect(b.kinds()).toEqual(["publish", "publish"]);
  // First what the save was, then the child's own totals.
  expect(b.actions).toMatchObject([
    { fact: { type: "world-adopted", data: { world, parent: "b.3", exported: { [PLATE]: 12 } } } },
    { fact: { type: "world-synced", data: { world, exported: { [PLATE]: 3 } } } },
  ]);
});

test("◇ W6 an id-less save of another map waits for the operator: 'same' takes it, a new generation makes a new world", () => {
  const known = ok({ worlds: echo("a.1", "tokenbefore1", {}, { seed: 7, tick: 500 }) });
  const idless = { instance: "", world: "", seed: 8, tick: 10 };
  const b = new Bridge();
  expect(b.begin(idless, known).map((action) => action.kind)).toEqual(["alarm"]);
  expect(b.do({ kind: "decided-same" })).toContainEqual(expect.objectContaining({ kind: "adopt", world: "a.1" }));
  const c = new Bridge();
  c.begin(idless, known);
  c.deliver({ generation: 2, round: 11, worlds: echo("a.1", "tokenbefore1", {}, { seed: 7, tick: 500 }) });
  expect(c.actions).toContainEqual(expect.objectContaining({ kind: "adopt", world: "a.2" }));
});

test("◇ W6 'new' needs no master: a ledger that was lost with everything learns the generation from the sync", () => {
  const record = { epoch: 5, assignment: "signed", generation: 3, seeds: { "a.3": 7 } };
  const b = new Bridge(record);
  expect(b.begin({ instance: "", world: "", seed: 8 })).toMatchObject([{ kind: "alarm" }]);
  const actions = b.do({ kind: "decided-new" });
  expect(actions[0]).toMatchObject({ kind: "remember", record: { generation: 4 } });
  expect(actions).toContainEqual(expect.objectContaining({ kind: "adopt", world: "a.4" }));
  expect(b.do({ kind: "decided-new" })).toEqual([]);
});

test("◇ W6 'new' is not for a bridge that hears no leader: the instance may be another slave's by now", () => {
  const b = new Bridge({ epoch: 5, assignment: "signed", generation: 3, seeds: { "a.3": 7 } });
  b.begin({ instance: "", world: "", seed: 8 });
  b.now += 2 * SILENT_MS;
  expect(b.do({ kind: "decided-new" })).toEqual([]);
  b.deliver({ round: 11 });
  expect(b.do({ kind: "decided-new" })).toContainEqual(expect.objectContaining({ kind: "adopt", world: "a.4" }));
});

test("◇ W6 a folder that a world was moved to remembers its map and generation before it says anything", () => {
  const b = new Bridge();
  const actions = b.begin({ world: "a.3", seed: 7 });
  expect(actions.map((action) => action.kind)).toEqual(["remember", "publish"]);
  expect(actions[0]).toMatchObject({ record: { generation: 3, seeds: { "a.3": 7 } } });
  b.do({ kind: "disconnected" });
  expect(b.begin({ instance: "", world: "", seed: 8 })).toMatchObject([{ kind: "alarm" }]);
});

test("◇ W6 it remembers them also when its session is another bridge's: whoever loads another map there is asked", () => {
  const b = new Bridge();
  b.begin({ world: "a.3", seed: 7 }, ok({ owner: "00000000z-zzzz" as Boot }));
  expect(b.kinds()).toEqual(["remember", "alarm", "stop-server"]);
  expect(b.actions[0]).toMatchObject({ record: { generation: 3, seeds: { "a.3": 7 } } });
});

test("W9 what the game cannot take in is said in the next sync, also when its save never heard of it", () => {
  const b = new Bridge();
  b.begin();
  const token = b.state.token;
  b.deliver({ worlds: echo("a.1", token, { [PLATE]: 5 }), round: 11 });
  const report = { token, seq: 1, tick: 101, exported: {}, received: {}, wanted: {} };
  const refused = b.do({ kind: "report", report, untakeable: [PLATE, "item:never-delivered"] });
  expect(refused).toContainEqual(expect.objectContaining({ kind: "begin" }));
  b.do({ kind: "begun", whole: b.whole() });
  expect(b.fact).toMatchObject({ type: "world-synced", data: { prev: token, untakeable: [PLATE] } });
  // Once is enough: another refusal of the same begins nothing.
  const again = { ...report, token: b.state.token };
  expect(b.do({ kind: "report", report: again, untakeable: [PLATE] }).map((action) => action.kind)).toEqual([
    "publish",
  ]);
});

test("◇ W6 what this bridge itself last heard of a world counts too: its facts may still be on their way to the ledger", () => {
  const b = new Bridge();
  b.begin({ instance: "", world: "" });
  b.do({ kind: "begun", whole: b.whole({ tick: 600 }) });
  const nothing = { exported: {}, received: {}, wanted: {} };
  b.do({ kind: "report", report: { token: b.state.token, seq: 1, tick: 667, ...nothing } });
  b.do({ kind: "disconnected" });
  b.begin({ instance: "", world: "", tick: 668 });
  expect(b.state.phase).toBe("undecided");
  b.do({ kind: "disconnected" });
  b.begin({ instance: "", world: "", tick: 667 });
  expect(b.actions).toContainEqual(expect.objectContaining({ kind: "adopt", world: "a.1" }));
});

test("◇ W6 the same map with no later tick is that world rolled back to zero; with a later one somebody must decide", () => {
  const known = ok({ worlds: echo("a.1", "tokenbefore1", {}, { seed: 7, tick: 500 }) });
  expect(new Bridge().begin({ instance: "", world: "", tick: 500 }, known)).toContainEqual(
    expect.objectContaining({ kind: "adopt", world: "a.1" }),
  );
  expect(new Bridge().begin({ instance: "", world: "", tick: 501 }, known)).toMatchObject([{ kind: "alarm" }]);
});

test("◇ W6 a ledger that forgot the world does not matter: the folder remembers the map", () => {
  const record = { epoch: 5, assignment: "signed", generation: 1, seeds: { "a.1": 7 } };
  expect(new Bridge(record).begin({ instance: "", world: "", seed: 8 })).toMatchObject([{ kind: "alarm" }]);
});

test("W6 the highest generation ever heard counts, also when the ledger forgot it", () => {
  const record = { epoch: 5, assignment: "signed", generation: 4, seeds: {} };
  expect(new Bridge(record).begin({ instance: "", world: "" })).toContainEqual(
    expect.objectContaining({ kind: "adopt", world: "a.4" }),
  );
});

test("W7 nothing is imported under another token than the echoed one", () => {
  const b = new Bridge();
  b.begin();
  expect(b.deliver({ worlds: echo("a.1", "tokenofother", { [PLATE]: 9 }) })).toEqual([]);
});

test("imports are absolute, only above what was received, and sent again only when the game kept silent", () => {
  const b = new Bridge();
  b.begin({ received: { [PLATE]: 4 } });
  const worlds = echo("a.1", b.state.token, { [PLATE]: 9, "item:coal": 2 });
  b.deliver({ worlds, folded: 123 });
  expect(b.actions).toContainEqual({ kind: "import", totals: { [PLATE]: 9, "item:coal": 2 }, folded: 123 });
  expect(b.deliver({ worlds })).toEqual([]);
  b.do({
    kind: "report",
    report: { token: b.state.token, seq: 1, tick: 120, exported: {}, received: { [PLATE]: 9 }, wanted: {} },
  });
  b.now += RESEND_MS;
  expect(b.deliver({ worlds })).toEqual([{ kind: "import", totals: { "item:coal": 2 } }]);
});

test("W8 a new leader that names another token at first hears whole vectors all the same, once", () => {
  const b = new Bridge();
  b.begin();
  b.deliver({ worlds: echo("a.1", b.state.token) });
  const pulls = (round: number, worlds: Delivery["worlds"]) =>
    b.deliver({ boot: LATER, round, worlds }).some(({ kind }) => kind === "pull-full");
  expect(pulls(11, echo("a.1", "tokenofother"))).toBe(false);
  expect(pulls(12, echo("a.1", b.state.token))).toBe(true);
  expect(pulls(13, echo("a.1", b.state.token))).toBe(false);
});

test("W8 a new leader hears whole vectors", () => {
  const b = new Bridge();
  b.begin();
  expect(b.deliver({ boot: LATER, round: 11, worlds: echo("a.1", b.state.token) })).toContainEqual({
    kind: "pull-full",
  });
  const report = {
    token: b.state.token,
    seq: 1,
    tick: 120,
    full: true as const,
    exported: {},
    received: {},
    wanted: {},
  };
  b.do({ kind: "report", report });
  expect(b.fact.data).toMatchObject({ full: true, heard: LATER });
});

test("a delivery of another epoch ends the session, and link is asked", () => {
  const b = new Bridge();
  b.begin();
  expect(b.deliver({ epoch: 6, worlds: echo("a.1", b.state.token) })).toMatchObject([{ kind: "ask" }]);
});

test("reports of another session are dropped; the current one's are published with the session's epoch", () => {
  const b = new Bridge();
  b.begin();
  const report = { token: b.state.token, seq: 4, tick: 120, exported: { [PLATE]: 1 }, received: {}, wanted: {} };
  expect(b.do({ kind: "report", report: { ...report, token: "other" } })).toEqual([]);
  b.do({ kind: "report", report });
  expect(b.fact).toMatchObject({ type: "world-reported", data: { seq: 4, epoch: 5, exported: { [PLATE]: 1 } } });
});

test("W11 what a game reports before its adoption is answered is asked for once its session is open", () => {
  const opened = (reports: boolean) => {
    const b = new Bridge();
    b.begin({ instance: "", world: "" });
    const report = { token: b.state.token, seq: 1, tick: 105, exported: {}, received: {}, wanted: { [PLATE]: 7 } };
    if (reports) expect(b.do({ kind: "report", report })).toEqual([]);
    b.do({ kind: "begun", whole: b.whole() });
    return b.kinds();
  };
  expect(opened(true)).toEqual(["publish", "pull-full"]);
  expect(opened(false)).toEqual(["publish"]);
});

test("W11 what a newer report overtook is stated all the same, without the wants that were restated since", () => {
  const b = new Bridge();
  b.begin();
  const say = (seq: number, wanted: Record<string, number>) =>
    b.do({ kind: "report", report: { token: b.state.token, seq, tick: 100, exported: {}, received: wanted, wanted } });
  say(5, { "item:coal": 3 });
  say(8, { "item:coal": 0 });
  // A line of the file, read after the reply to an import: only what the reply did not restate counts.
  say(7, { "item:coal": 9, [PLATE]: 30 });
  expect(b.fact).toMatchObject({ data: { seq: 8, wanted: { [PLATE]: 30 } } });
  expect(b.fact).not.toMatchObject({ data: { wanted: { "item:coal": 9 } } });
  say(6, { [PLATE]: 40, "item:gear": 2 });
  expect(b.fact).toMatchObject({ data: { seq: 8 } });
  expect((b.fact.data as { wanted: object }).wanted).toEqual({ "item:gear": 2 });
  say(9, { [PLATE]: 1 });
  expect(b.fact).toMatchObject({ data: { seq: 9, wanted: { [PLATE]: 1 } } });
});

test("a session with nothing to say says so, and one that leaves says that", () => {
  const b = new Bridge();
  b.begin();
  b.now += HEARTBEAT_MS;
  b.deliver({ worlds: echo("a.1", b.state.token) });
  b.do({ kind: "tick" });
  expect(b.fact).toMatchObject({ type: "world-reported", data: { exported: {}, wanted: {} } });
  b.do({ kind: "leave" });
  expect(b.fact.type).toBe("world-left");
  expect(b.state.phase).toBe("off");
});

test("a sync of more keys than one message takes goes out in parts that together are whole", () => {
  const b = new Bridge();
  const exported = Object.fromEntries(Array.from({ length: 4_500 }, (_, n) => [`item:thing-${n}`, n + 1]));
  const facts = b.begin({ exported }).flatMap((action) => (action.kind === "publish" ? [action.fact] : []));
  expect(facts).toHaveLength(3);
  expect(facts.map((fact) => fact.type === "world-synced" && [fact.data.part, fact.data.parts])).toEqual([
    [1, 3],
    [2, 3],
    [3, 3],
  ]);
  expect(Object.assign({}, ...facts.map((fact) => fact.data.exported))).toEqual(exported);
});

test("a sync of long names in all vectors goes out in facts that no reader refuses for their length", () => {
  const b = new Bridge();
  const vector = Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`item:${"x".repeat(150)}-${n}`, 2 ** 52]));
  const facts = b
    .begin({ exported: vector, received: vector, wanted: vector })
    .flatMap((action) => (action.kind === "publish" ? [action.fact] : []));
  const from = { slave: slaveId("s1"), instance: instanceId("a"), boot: BOOT, number: 1 };
  expect(facts.length).toBeGreaterThan(1);
  for (const fact of facts) expect(encodeFact(from, b.now, fact).length).toBeLessThanOrEqual(FACT_BYTES_MAX);
});

test("W12 what is not to be exported is handed on when it is another list, under the echoed token", () => {
  const bridge = new Bridge();
  bridge.begin();
  const { token } = bridge.state;
  const capped = (list: string[] | undefined, of = token) =>
    bridge
      .deliver({ worlds: echo("a.1", of), ...(list === undefined ? {} : { capped: list }) })
      .flatMap((action) => (action.kind === "capped" ? [action.keys] : []));
  expect(capped([PLATE], "another000000")).toEqual([]);
  expect(capped([PLATE])).toEqual([[PLATE]]);
  expect(capped([PLATE])).toEqual([]);
  // A leader that says nothing of it, perhaps of an earlier version.
  expect(capped(undefined)).toEqual([]);
  expect(capped([])).toEqual([[]]);
  expect(capped([])).toEqual([]);
  // Another session's game is told anew.
  bridge.do({ kind: "disconnected" });
  bridge.begin();
  expect(capped([], bridge.state.token)).toEqual([[]]);
});
