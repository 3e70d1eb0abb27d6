import { adopt, identify, recordHeard, recordWith } from "#bridge/link/identity";
import {
  EMPTY_RECORD,
  type LinkAction,
  type LinkInput,
  type LinkRecord,
  type LinkState,
  type Step,
  type WholeState,
} from "#bridge/link/state";
import { adoptedFact, FACT_ROOM, type FactRoom, heartbeat, reported, syncFacts } from "#bridge/link/statements";
import { alarmText } from "#core/alarm";
import type { Delivery, LinkAnswer } from "#core/events/delivery";
import { RESTATE_MS } from "#core/events/delivery";
import { isWorldId } from "#core/ids";
import { type Random, randomText } from "#core/ports/random";

/**
 * The world link: how a bridge and the master agree on which run of which world counts (DESIGN 3, sessions).
 *
 * W1 Every new RCON connection begins a session with a token that the save does not hold ◆; a sync names the token that
 *    the master last echoed, and only the current token's statements count.
 * W2 Echo ◆: three deliveries running with another token begin a new session; three silent periods mean unlinked, and the
 *    answer of `link` is then accepted whatever its round ◇.
 * W3 A delivery of a lower round of the same boot, or of an older boot, is dropped.
 * W4 A bridge whose session was taken by a later boot does not take it back: it stops its server ◆.
 * W5 "Not yours" stops the server only if it names a higher epoch than the bridge's own ◇; an answer that names a lower one,
 *    of a ledger that forgot, begins no session (ADR 0040).
 * W6 The world's id is derived from instance, generation and parent ◆; see identity.ts.
 * W7 What is delivered is handed to the game only under the echoed token.
 * W8 A new leader hears whole vectors before it grants: with the first echo of this session's token that it sends.
 * W9 What the game cannot take in is said in a sync, so that the master recalls it: a new session begins for it.
 * W10 A session that the master holds back is not begun anew: it waits, unlinked, until an operator accepts it, and says its
 *    whole vectors then; one that he rejects stops its server.
 * W11 Reports are stated in the order of their numbers: what a newer one overtook goes out under the newest number, without
 *    the wants that were restated since. The fold takes no wants of a lower number. One that overtakes the reply to `adopt`
 *    belongs to a session that is not open yet: all is asked for once it is.
 * W12 What is not to be exported is handed on when it is another list, under the echoed token; a leader that says nothing of it
 *    changes nothing.
 */
export const SILENT_MS = 3 * RESTATE_MS;
/** A leader that is away is asked again after this long. */
export const ASK_MS = 1_000;
export const MISSES_MAX = 3;
/** An import without the game's word is sent again after this long: several times what RCON takes on a busy server. */
export const RESEND_MS = 3_000;
/** 67 bits: above the 40 that DESIGN 3 asks for, and short enough for one RCON segment. */
const TOKEN_CHARACTERS = 13;

export interface NewLink extends Pick<LinkState, "instance" | "slave" | "boot"> {
  readonly record?: LinkRecord;
  readonly room?: FactRoom | undefined;
}

export const newLink = (of: NewLink): LinkState => ({
  ...of,
  record: of.record ?? EMPTY_RECORD,
  room: of.room ?? FACT_ROOM,
  phase: "off",
  world: "",
  token: "",
  waiting: false,
  restatedTo: "",
  early: false,
  misses: 0,
  linked: false,
  heardAt: 0,
  askedAt: 0,
  publishedAt: 0,
  seq: 0,
  wantedAt: {},
  tick: 0,
  received: {},
  untakeable: [],
  sent: {},
});

const ask = (state: LinkState, now: number): Step => {
  const { epoch, assignment } = state.record;
  const request = { instance: state.instance, epoch, ...(assignment === "" ? {} : { assignment }) };
  return [{ ...state, askedAt: now }, [{ kind: "ask", request }]];
};

const begin = (state: LinkState, random: Random): Step => {
  const token = randomText(random, TOKEN_CHARACTERS);
  const { whole: _whole, capped: _capped, ...rest } = state;
  return [
    { ...rest, phase: "beginning", token, waiting: false, early: false, misses: 0, sent: {} },
    [{ kind: "begin", token }],
  ];
};

const unlink = (state: LinkState): Step =>
  state.linked ? [{ ...state, linked: false }, [{ kind: "linked", linked: false }]] : [state, []];

const then = ([state, actions]: Step, next: (state: LinkState) => Step): Step => {
  const [after, more] = next(state);
  return [after, [...actions, ...more]];
};

const stop = (state: LinkState, why: "twin" | "not-yours" | "rejected", message: string): Step => [
  { ...state, phase: "stopped", linked: false },
  [
    { kind: "alarm", message },
    { kind: "stop-server", why, message },
  ],
];

const twin = (state: LinkState): Step =>
  stop(
    state,
    "twin",
    `${state.instance} is held by a bridge that started later: this one stops its server and leaves it alone`,
  );

/** Takes over what a leader states. Only an answer brings a new assignment; a delivery of another epoch makes us ask. */
const hear = (state: LinkState, view: Delivery, now: number, assignment?: string): Step => {
  const learned = recordHeard(state.record, view);
  const record = assignment === undefined ? learned : { ...learned, assignment, epoch: view.epoch };
  const known = state.record;
  const changed = learned !== known || record.epoch !== known.epoch || record.assignment !== known.assignment;
  const actions: LinkAction[] = changed ? [{ kind: "remember", record }] : [];
  return [{ ...state, record, view, heardAt: now }, actions];
};

/** The save is known by name, and its map is noted whatever becomes of the session. */
const open = (state: LinkState, whole: WholeState, now: number): Step => {
  const record = recordWith(state.record, whole);
  const noted: LinkAction[] = record === state.record ? [] : [{ kind: "remember", record }];
  return then([{ ...state, record }, noted], (s) => sync(s, whole, now));
};

/** The session opens with one sync. */
const sync = (state: LinkState, whole: WholeState, now: number): Step => {
  const { view } = state;
  if (view === undefined) return ask({ ...state, phase: "asking" }, now);
  if (view.owner > state.boot) return twin(state);
  const next: LinkState = {
    ...state,
    phase: "open",
    restatedTo: view.boot,
    early: false,
    world: whole.world as LinkState["world"],
    misses: 0,
    heardAt: now,
    publishedAt: now,
    seq: 0,
    wantedAt: {},
    tick: whole.tick,
    received: whole.received,
    sent: {},
    whole: { ...whole, untakeable: [...new Set([...whole.untakeable, ...state.untakeable])] },
  };
  const said = syncFacts(next, next.whole ?? whole, view).map((fact): LinkAction => ({ kind: "publish", fact }));
  const more: LinkAction[] = state.early ? [{ kind: "pull-full" }] : [];
  return [next, [...said, ...more]];
};

/** After the mod's reply to `begin`, and again when the operator decided or raised the generation. */
const settleIdentity = (state: LinkState, whole: WholeState, now: number, decidedSame = false): Step => {
  const identity = identify(state, whole, decidedSame);
  if (identity.kind === "own") return open(state, whole, now);
  if (identity.kind === "undecided") {
    return [{ ...state, phase: "undecided", whole }, [{ kind: "alarm", message: identity.message }]];
  }
  return adopt(state, whole, identity);
};

/** The session of a world that the save has just become; of another instance's world that it was, it tells once. */
const adopted = (state: LinkState, whole: WholeState, now: number): Step => {
  const loaded = state.whole;
  const { world } = whole;
  const parent = loaded?.world ?? "";
  const opened = open(state, whole, now);
  if (loaded === undefined || !isWorldId(world) || !isWorldId(parent) || parent === world) return opened;
  const fact = adoptedFact(state, { world, parent }, loaded);
  return then([state, [{ kind: "publish", fact }]], () => opened);
};

const begun = (state: LinkState, whole: WholeState, now: number): Step => {
  if (whole.token !== state.token) return [state, []];
  if (state.phase === "beginning") return settleIdentity(state, whole, now);
  if (state.phase === "adopting") return adopted(state, whole, now);
  return [state, []];
};

/** Imports what is in flight and not already on its way into the game. */
const deliver = (state: LinkState, view: Delivery, now: number): Step => {
  const totals: Record<string, number> = {};
  const sent = { ...state.sent };
  for (const [key, total] of Object.entries(view.worlds[state.world as keyof Delivery["worlds"]]?.allocated ?? {})) {
    if (total <= (state.received[key] ?? 0)) continue;
    const last = sent[key];
    if (last !== undefined && last.total >= total && now - last.at < RESEND_MS) continue;
    totals[key] = total;
    sent[key] = { total, at: now };
  }
  if (Object.keys(totals).length === 0) return [state, []];
  const folded = view.folded === undefined ? {} : { folded: view.folded };
  return [{ ...state, sent }, [{ kind: "import", totals, ...folded }]];
};

/** W12 */
const cap = (state: LinkState, { capped }: Delivery): Step => {
  if (capped === undefined || capped.join() === state.capped?.join()) return [state, []];
  return [{ ...state, capped }, [{ kind: "capped", keys: capped }]];
};

/** W10 */
const held = (state: LinkState, rejected: boolean): Step => {
  const { world } = state;
  if (rejected) {
    const what = `the rewind of ${world} was rejected: its server is stopped; give it another save and start it again`;
    return stop(state, "rejected", alarmText("rewind-rejected", what));
  }
  const waits: LinkState = { ...state, misses: 0, waiting: true };
  if (state.waiting) return [waits, []];
  const what = `${world} went back further than the cluster's limit: it waits for clusterio world accept ${world}, or reject`;
  return then(unlink(waits), (s) => [s, [{ kind: "alarm", message: alarmText("rewind-held", what) }]]);
};

const echoed = (state: LinkState, view: Delivery, now: number, random: Random): Step => {
  if (view.epoch !== state.record.epoch) return then(unlink({ ...state, phase: "asking" }), (s) => ask(s, now));
  if (view.owner > state.boot) return twin(state);
  const said = view.worlds[state.world as keyof Delivery["worlds"]];
  const token = said?.token ?? "";
  if (said?.held?.token === state.token) return held({ ...state, view }, said.held.rejected === true);
  if (token !== state.token) {
    const misses = state.misses + 1;
    if (misses < MISSES_MAX) return [{ ...state, misses, view }, []];
    return then(unlink({ ...state, view }), (s) => begin(s, random));
  }
  // W8. What was reported while an operator thought was not heard either.
  const restates = view.boot !== state.restatedTo || state.waiting;
  const current: LinkState = { ...state, misses: 0, waiting: false, restatedTo: view.boot };
  const confirmed: Step = state.linked
    ? [current, []]
    : [{ ...current, linked: true }, [{ kind: "linked", linked: true }]];
  const imported: Step = then(confirmed, (s) => deliver(s, view, now));
  const told: Step = then(imported, (s) => cap(s, view));
  return restates ? then(told, (s) => [s, [{ kind: "pull-full" }]]) : told;
};

const delivered = (state: LinkState, delivery: Delivery, now: number, random: Random): Step => {
  const before = state.view;
  if (before !== undefined && delivery.boot < before.boot) return [state, []];
  if (before !== undefined && delivery.boot === before.boot && delivery.round < before.round) return [state, []];
  if (state.phase === "off" || state.phase === "stopped") return [state, []];
  const raised = delivery.generation > state.record.generation;
  if (state.phase === "open") {
    return then(hear(state, delivery, now), (s) => echoed(s, delivery, now, random));
  }
  return then(hear(state, delivery, now), (s) =>
    s.phase === "undecided" && raised && s.whole !== undefined ? settleIdentity(s, s.whole, now) : [s, []],
  );
};

const answered = (state: LinkState, answer: LinkAnswer | "nobody" | "timeout", now: number, random: Random): Step => {
  if (state.phase === "off" || state.phase === "stopped") return [state, []];
  if (typeof answer === "string" || "error" in answer) return [state, []];
  if ("notYours" in answer) {
    if (answer.notYours.epoch > state.record.epoch) {
      const what = answer.notYours.deleted === true ? "deleted" : "assigned to another slave";
      return stop(state, "not-yours", `${state.instance} was ${what}: its server is stopped here`);
    }
    const message = `${state.instance} is not assigned to ${state.slave}: it stays unlinked until it is`;
    return then(unlink(state), (s) => [s, [{ kind: "alarm", message }]]);
  }
  const { assignment, config: _config, ...view } = answer.ok;
  if (view.epoch < state.record.epoch) {
    const message = `${state.instance}: the ledger names an older assignment than this folder holds: assign the instance again`;
    return then(unlink(state), (s) => [s, [{ kind: "alarm", message }]]);
  }
  if (state.phase === "asking") return then(hear(state, view, now, assignment), (s) => begin(s, random));
  if (state.phase !== "open") return hear(state, view, now, assignment);
  const asked = { ...state, misses: MISSES_MAX - 1 };
  if (view.epoch !== state.record.epoch) return then(hear(state, view, now, assignment), (s) => begin(s, random));
  return then(hear(asked, view, now, assignment), (s) => echoed(s, view, now, random));
};

/** W9. Only what was delivered: a save that has never heard of a resource cannot list it itself. */
const refusedBy = (state: LinkState, keys: readonly string[], random: Random): Step => {
  const allocated = state.view?.worlds[state.world as keyof Delivery["worlds"]]?.allocated ?? {};
  const news = keys.filter((key) => allocated[key] !== undefined && !state.untakeable.includes(key));
  if (news.length === 0) return [state, []];
  return then(unlink({ ...state, untakeable: [...state.untakeable, ...news] }), (s) => begin(s, random));
};

const reportedBy = (state: LinkState, input: LinkInput & { kind: "report" }, now: number, random: Random): Step => {
  if (state.phase === "adopting") return [{ ...state, early: true }, []];
  if (state.phase !== "open") return [state, []];
  return then(reported(state, input.report, now), (s) => refusedBy(s, input.untakeable ?? [], random));
};

const ticked = (state: LinkState, now: number): Step => {
  if (state.phase === "asking" && now - state.askedAt >= ASK_MS) return ask(state, now);
  if (state.phase === "undecided" && now - state.askedAt >= SILENT_MS) return ask(state, now);
  if (state.phase !== "open") return [state, []];
  const silent = now - state.heardAt >= SILENT_MS && now - state.askedAt >= RESTATE_MS;
  const asking: Step = silent ? then(unlink(state), (s) => ask(s, now)) : [state, []];
  return then(asking, (s) => heartbeat(s, now));
};

const refused = (state: LinkState, code: string, message: string, random: Random, now: number): Step => {
  if (state.phase !== "beginning" && state.phase !== "adopting") return [state, []];
  if (code === "token-used") return begin(state, random);
  return [
    { ...state, phase: "asking", askedAt: now },
    [{ kind: "alarm", message: `the mod of ${state.instance}: ${message}` }],
  ];
};

/** The next state and what to do, in order. `now`: milliseconds. */
export const link = (state: LinkState, input: LinkInput, now: number, random: Random): Step => {
  switch (input.kind) {
    case "connected":
      return state.phase === "stopped" ? [state, []] : then(unlink({ ...state, phase: "asking" }), (s) => ask(s, now));
    case "disconnected":
      return state.phase === "stopped" ? [state, []] : unlink({ ...state, phase: "off", untakeable: [] });
    case "begun":
      return begun(state, input.whole, now);
    case "refused":
      return refused(state, input.code, input.message, random, now);
    case "delivery":
      return delivered(state, input.delivery, now, random);
    case "answer":
      return answered(state, input.answer, now, random);
    case "report":
      return input.report.token === state.token ? reportedBy(state, input, now, random) : [state, []];
    case "tick":
      return ticked(state, now);
    case "decided-same":
      return state.phase === "undecided" && state.whole !== undefined
        ? settleIdentity(state, state.whole, now, true)
        : [state, []];
    case "decided-new":
      return decidedNew(state, now);
    case "leave":
      return leave(state);
  }
};

/**
 * The next generation without the master's word: its sync raises the ledger's, also one that knows nothing any more. Not by
 * a bridge that hears no leader: its instance may be another slave's by now, with a world of that name.
 */
const decidedNew = (state: LinkState, now: number): Step => {
  const { whole } = state;
  if (state.phase !== "undecided" || whole === undefined || now - state.heardAt >= 2 * SILENT_MS) return [state, []];
  const record = { ...state.record, generation: state.record.generation + 1 };
  return then([{ ...state, record }, [{ kind: "remember", record }]], (s) => settleIdentity(s, whole, now));
};

/** The session ends in order: its totals were reported before. */
const leave = (state: LinkState): Step => {
  if (state.phase !== "open" || state.world === "")
    return unlink({ ...state, phase: state.phase === "stopped" ? "stopped" : "off" });
  const { world, token, tick } = state;
  const data = { world, token, epoch: state.record.epoch, tick, exported: {}, received: {} };
  return then([state, [{ kind: "publish", fact: { type: "world-left", data } }]], (s) =>
    unlink({ ...s, phase: "off" }),
  );
};
