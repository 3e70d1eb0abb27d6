import { hash } from "node:crypto";
import type { Delivery } from "#core/events/delivery";
import { contentOf } from "#sim/cluster/content";
import { EventTrail } from "#sim/cluster/event-trail";
import {
  type Entry,
  isEarlierPart,
  joined,
  LedgerBook,
  type LedgerEntry,
  type Line,
  lineOf,
  NO_LINE,
} from "#sim/cluster/ledger-book";
import { judgeBook, judgeRound, type LedgerContext } from "#sim/cluster/ledger-rules";
import { Maps, type ToldMaps } from "#sim/cluster/maps";
import { Statements } from "#sim/cluster/statements";

/**
 * Looks at what bridges, the ledger and the deliveries say, in their own bytes, and shares no code with what wrote them.
 *
 * C1 nothing is negative, and nobody was allocated less than he received.
 * C2 a grant goes to an open session that can take it, up to what it wants and no further.
 * C3 nobody is delivered, or has received, more than the ledger ever granted him.
 * C4 a world's saves are all of one map, where anybody could know which (maps.ts).
 * C5 a world wants in the ledger what it said under its token; one that has no session wants nothing.
 * C6 within a session totals and the numbers of reports only rise, and debts only fall.
 * C7 grants and carries are everybody's fair share, computed anew in the slow way.
 * C8 a credit repays its world's debt, then the cluster's shortfall, then is storage.
 * C9 nobody is credited faster than the policy's rate.
 * C10 a world owes no more than it was ever rewound by, and owes more only for what it takes back of its exports; the
 *     cluster is short of nothing unless something was lost.
 * C11 a session's token follows, sync by sync, from the one before, and no token comes back.
 * C12 an instance's epoch never falls, and within one its holder never becomes an older boot; a session is of whom the
 *     instance is assigned to; an assignment is above all before it, also above those that the ledger forgot.
 * C13 an instance has at most one open session.
 * C14 a beginning of a world has one name: what was loaded twice in a generation, or two saves of one other world, are the
 *     same world.
 * C15 a message is void only after the ledger has lost something.
 * C16 the memory of whoever leads, stands by, or has just started, is what the ledger's messages say.
 * C17 a new leader has a later boot, and grants once every open session has restated to it, or after its patience. Whose
 *     session begins after that states all that he holds with its sync.
 * C18 a session lapses only after a long silence.
 * C19 the position follows the stream: what was read on from was never cut off, and not aged out when a term began.
 * C20 EVENTS is called lost only when it has lost something.
 * C21 what a round grants is told at once.
 * C22 nothing is granted into a ledger that is nearly full: what was decided before that is known may still have to be written.
 * C23 nothing is handed to a game under a token that the ledger never held.
 * What a bridge does (C24 to C27) is looked at in bridge-watch.ts.
 */
export const hashOf = (bytes: Uint8Array): string => hash("sha256", bytes, "base64url");

/** A new leader waits no longer for what the worlds say. */
const PATIENCE_MS = 5_000;
/** Less, and a session has not been silent for long. */
const SILENCE_MS = 44_000;
/** A leader looks each second whether its ledger is full. */
const LOOKED_MS = 1_500;
/** What is told, or looked at, at once takes less: deliveries are restated every two seconds anyway. */
const TOLD_MS = 500;
/** Grants end at 95 %. */
const NEARLY_FULL = 0.951;

export interface CheckerSetting {
  now(): number;
  onBroken(what: string): void;
  /** Nothing holds up or misleads a leader in this history: what it does by its clock can be told to the second. */
  readonly promptLeaders: boolean;
  /** The same, but for a ledger that may be full. */
  readonly watchfulLeaders: boolean;
  /** No leader's clock jumps. */
  readonly steadyClocks: boolean;
}

/** What a projector holds: accounts by world and resource. */
export interface Memory {
  readonly tip: string;
  readonly lines: ReadonlyMap<string, Line>;
  readonly storage: ReadonlyMap<string, number>;
}

export class Checker {
  /** The first break of each kind. */
  readonly problems = new Map<string, string>();
  #book = new LedgerBook();
  readonly #said = new Statements();
  readonly #trail = new EventTrail();
  /** All messages that the ledger holds or has purged, by sequence. */
  #ledger: Entry[] = [];
  /** The earlier parts of a round that is not whole yet. */
  #parts: Entry[] = [];
  #termBegan = 0;
  /** Every open session has restated to the present leader at some time of its term. */
  #allHeard = false;
  readonly #meters: LedgerContext["meters"] = new Map();
  /** The ledger has lost something. */
  #cut = false;
  #mayBeShort = false;
  readonly #granted = new Map<string, number>();
  /** Of each instance: the highest epoch of all its assignments. */
  readonly #epochs = new Map<string, number>();
  /** All that the ledger ever held, also what it lost. */
  readonly #tokens = new Set<string>();
  /** By instance: the first round with a grant that it was not told yet. */
  readonly #untold = new Map<string, { readonly boot: string; readonly round: number; readonly at: number }>();
  #grantsNow = false;
  /** When the message that is to come was refused for the first time. */
  #refusedAt: number | undefined;
  /** When the last round was decided, as far as it shows: when its first part came, or was refused. */
  #decidedAt = 0;
  #fullSince = Number.POSITIVE_INFINITY;
  readonly #maps = new Maps();
  readonly #names = new Map<string, string>();

  constructor(private readonly setting: CheckerSetting) {}

  broke(kind: string, detail: string): void {
    if (this.problems.has(kind)) return;
    this.problems.set(kind, detail);
    this.setting.onBroken(`${kind}: ${detail}`);
  }

  /** A message was stored in the ledger. */
  ledgerMessage(type: string, data: Uint8Array): void {
    const message = contentOf<LedgerEntry>(data);
    const entry = { type, message, hash: hashOf(data) };
    this.#ledger.push(entry);
    for (const { token } of Object.values(message.worlds ?? {})) if (token !== undefined) this.#tokens.add(token);
    this.#noteDecided(message);
    this.#grantsNow = false;
    if (this.#book.continues(entry)) this.#take(entry);
    else if (!this.#cut) this.broke("C15", `a ${type} of ${message.boot} is void, and the ledger has lost nothing`);
  }

  /** The ledger has no room for what its leader writes: he goes on trying that, however long it takes. */
  ledgerRefused(): void {
    this.#refusedAt ??= this.setting.now();
  }

  #noteDecided({ boot }: LedgerEntry): void {
    const isNewTerm = boot !== this.#book.boot;
    const triedAt = (isNewTerm ? undefined : this.#refusedAt) ?? this.setting.now();
    this.#refusedAt = undefined;
    if (isNewTerm || this.#parts.length === 0) this.#decidedAt = triedAt;
  }

  /** A round in parts is judged as one, once it is whole. */
  #take(entry: Entry): void {
    const { type, message, hash } = entry;
    const [first] = this.#parts;
    if (first !== undefined && (type !== "round" || message.boot !== first.message.boot)) {
      // Its leader ended in between: what stands there counts, and the rest comes with the next one's rounds.
      for (const part of this.#parts) this.#book.take(part);
      this.#parts = [];
    }
    if (type === "round" && isEarlierPart(message)) {
      this.#parts.push(entry);
      this.#book.tip = hash;
      this.#note(message);
      return;
    }
    const whole = this.#parts.length === 0 ? entry : joined(this.#parts, entry);
    this.#parts = [];
    this.#judge(whole);
  }

  /** What the ledger has granted may be told. */
  #note({ worlds = {} }: LedgerEntry): void {
    for (const [world, { r = {} }] of Object.entries(worlds)) {
      for (const [key, record] of Object.entries(r)) {
        const name = `${world} ${key}`;
        this.#granted.set(name, Math.max(this.#granted.get(name) ?? 0, lineOf(record).allocated));
      }
    }
  }

  #judge(entry: Entry): void {
    const { type, message } = entry;
    const now = this.setting.now();
    const book = this.#book;
    const broke = (rule: string, detail: string) => this.broke(rule, detail);
    const isFirst = message.boot !== book.boot;
    if (isFirst) this.#termBegins(entry, now);
    this.#judgeTold(message.boot, now);
    if (type === "instance-assigned") this.#judgeAssignment(message);
    if (type === "policy-set") this.#meters.clear();
    if (type === "world-retired" || type === "instance-deleted") this.#mayBeShort = true;
    for (const { session } of Object.values(message.worlds ?? {}))
      if (session?.untakeable !== undefined) this.#mayBeShort = true;
    if (type === "session-lapsed") this.#judgeLapse(message.world ?? "", now);
    if (type === "events-lost" && !this.#trail.wasCut) broke("C20", "EVENTS is called lost, and has lost nothing");
    let granted = 0;
    if (type === "round" || type === "world-rewound") {
      const metered = this.setting.promptLeaders && !this.#cut;
      const mayBeShort = this.#mayBeShort;
      const known = { now, metered, mayBeShort, meters: this.#meters };
      granted = judgeRound({ book, said: this.#said, broke, ...known }, entry);
      const readOn = this.#trail.problem(book.position, message.position);
      if (readOn !== undefined) broke("C19", readOn);
    }
    this.#toBeTold(message, now);
    this.#grantsNow = granted > 0;
    book.take(entry);
    this.#note(message);
    judgeBook({ book, said: this.#said, broke }, isFirst);
    if (granted > 0) this.#judgeTerm(message.boot, now);
    this.#noteHeard();
  }

  #termBegins({ type, message }: Entry, now: number): void {
    this.#termBegan = now;
    this.#allHeard = false;
    this.#untold.clear();
    this.#meters.clear();
    const { boot, position } = this.#book;
    if (message.boot < boot) this.broke("C17", `${message.boot} leads after ${boot}`);
    const agedAt = this.#trail.agedAt(position);
    if (type !== "round" || agedAt === undefined || !this.setting.promptLeaders || now - agedAt < TOLD_MS) return;
    this.broke("C19", `${message.boot} reads on after ${position?.seq}, which had aged out ${now - agedAt} ms before`);
  }

  #judgeAssignment({ instance = "", epoch = 0 }: LedgerEntry): void {
    const highest = this.#epochs.get(instance) ?? 0;
    if (epoch <= highest && this.setting.promptLeaders)
      this.broke("C12", `${instance} is assigned with epoch ${epoch}, and once had ${highest}`);
    this.#epochs.set(instance, Math.max(highest, epoch));
  }

  #toBeTold({ worlds = {}, boot, round = 0 }: LedgerEntry, at: number): void {
    if (!this.setting.promptLeaders) return;
    for (const [id, { r = {} }] of Object.entries(worlds)) {
      const { instance, open } = this.#book.world(id);
      const grants = Object.entries(r).some(([key, record]) => {
        return lineOf(record).allocated > this.#book.line(id, key).allocated;
      });
      if (open && grants && !this.#untold.has(instance)) this.#untold.set(instance, { boot, round, at });
    }
  }

  #judgeTold(boot: string, now: number): void {
    for (const [instance, untold] of this.#untold)
      if (untold.boot === boot && now - untold.at > TOLD_MS)
        this.broke("C21", `${instance} was not told of round ${untold.round} within ${now - untold.at} ms`);
  }

  /** What the ledger holds after the message that was judged last. */
  ledgerFilled(bytes: number, bytesMax = Number.POSITIVE_INFINITY): void {
    const now = this.setting.now();
    this.#fullSince = bytes > bytesMax * NEARLY_FULL ? Math.min(this.#fullSince, now) : Number.POSITIVE_INFINITY;
    const known = Math.max(this.#fullSince, this.#termBegan) + LOOKED_MS;
    if (!this.#grantsNow || !this.setting.watchfulLeaders || this.#decidedAt < known) return;
    this.broke("C22", `grants into a ledger that has been full for ${now - this.#fullSince} ms`);
  }

  /** A bridge hands something to its game. */
  handed(world: string, token: string): void {
    if (!this.#tokens.has(token)) this.broke("C23", `${world} is handed something under ${token}, which nobody echoed`);
  }

  #judgeTerm(boot: string, now: number): void {
    if (this.#allHeard || !this.setting.promptLeaders || now - this.#termBegan >= PATIENCE_MS - 10) return;
    for (const [id, { open, token }] of this.#book.worlds)
      if (open && !this.#said.heard(token, boot))
        this.broke("C17", `${boot} grants after ${now - this.#termBegan} ms, and ${id} has not restated to it`);
  }

  #noteHeard(): void {
    if (this.#allHeard) return;
    const open = [...this.#book.worlds.values()].filter((world) => world.open);
    this.#allHeard = open.length > 0 && open.every(({ token }) => this.#said.heard(token, this.#book.boot));
  }

  #judgeLapse(id: string, now: number): void {
    if (!this.setting.steadyClocks) return;
    const heardAt = this.#trail.heardAt(this.#book.worlds.get(id)?.token ?? "");
    if (heardAt !== undefined && now - heardAt < SILENCE_MS)
      this.broke("C18", `${id} lapses, and spoke ${now - heardAt} ms ago`);
  }

  #compare(what: string, said: object, known: object): void {
    const [a, b] = [JSON.stringify(said), JSON.stringify(known)];
    if (a !== b) this.broke("C16", `${what}: ${a}, by the messages before it ${b}`);
  }

  /** A projector has started: from a snapshot, a checkpoint, or the ledger alone. */
  loaded(memory: Memory): void {
    if (memory.tip === this.#book.tip && this.#parts.length === 0) this.memory(memory);
  }

  /** What a projector's memory says, once it holds all of the ledger. */
  memory({ tip, lines, storage }: Memory): void {
    if (tip !== this.#book.tip) {
      this.broke("C16", `a projector stands at ${tip}, the ledger at ${this.#book.tip}`);
      return;
    }
    for (const [id, world] of this.#book.worlds)
      for (const [key, line] of world.lines)
        this.#compare(`a projector about ${id} ${key}`, lines.get(`${id} ${key}`) ?? NO_LINE, line);
    for (const [key, n] of this.#book.storage)
      this.#compare(`a projector about ${key}`, { storage: storage.get(key) ?? 0 }, { storage: n });
  }

  /** A save of this world was written in a folder that can know so much. */
  saved(id: string, seed: number, told: ToldMaps): void {
    const wrong = this.#maps.saved(id, seed, told);
    if (wrong !== undefined) this.broke("C4", wrong);
  }

  /** A run that was started from a save of another instance's world, or of nobody's (""), is this world. */
  named(origin: string, id: string): void {
    const beginning = `${id.split(".").slice(0, 2).join(".")} from ${origin}`;
    const known = this.#names.get(beginning) ?? id;
    if (known !== id) this.broke("C14", `what was ${known} is ${id} when it is loaded again`);
    this.#names.set(beginning, known);
  }

  /** A bridge published this. */
  fact(bytes: Uint8Array): void {
    const stated = this.#said.take(bytes);
    if (stated?.heard !== undefined) this.#noteHeard();
    for (const [key, total] of Object.entries(stated?.received ?? {})) {
      const granted = this.#granted.get(`${stated?.world} ${key}`) ?? 0;
      if (total > granted) this.broke("C3", `${stated?.world} ${key}: ${total} received, ${granted} granted`);
    }
  }

  /** Linked worlds, by their sessions' tokens: when a leader has led for a while, they have restated to it. */
  restated(linked: ReadonlyMap<string, string>): void {
    const { boot } = this.#book;
    const led = this.setting.now() - this.#termBegan;
    if (led < 2 * PATIENCE_MS) return;
    for (const [token, world] of linked)
      if (!this.#said.heard(token, boot))
        this.broke("C17", `${boot} has led for ${led} ms, and ${world} never restated to it`);
  }

  /** EVENTS has stored it. */
  eventStored(seq: number, bytes: Uint8Array): void {
    this.#trail.stored(seq, bytes, this.setting.now());
    this.#said.stored(bytes);
  }

  /** Everything before this sequence of EVENTS aged out. */
  eventsAged(firstSeq: number): void {
    this.#trail.aged(firstSeq, this.setting.now());
  }

  /** EVENTS has lost everything after this sequence. */
  eventsCut(lastSeq: number): void {
    this.#trail.cut(lastSeq);
  }

  /** The ledger has lost everything after this sequence. */
  ledgerCut(lastSeq: number): void {
    this.#cut = true;
    this.#mayBeShort = true;
    this.#ledger = this.#ledger.slice(0, lastSeq);
    this.#parts = [];
    this.#book = new LedgerBook();
    for (const entry of this.#ledger) if (this.#book.continues(entry)) this.#book.take(entry);
  }

  delivery(instance: string, { worlds, boot, round }: Delivery): void {
    const now = this.setting.now();
    const untold = this.#untold.get(instance);
    if (untold?.boot === boot && round >= untold.round) {
      this.#judgeTold(boot, now);
      this.#untold.delete(instance);
    }
    for (const [world, { allocated }] of Object.entries(worlds)) {
      for (const [key, total] of Object.entries(allocated)) {
        const granted = this.#granted.get(`${world} ${key}`) ?? 0;
        if (total > granted) this.broke("C3", `${world} ${key}: ${total} delivered, ${granted} granted`);
      }
    }
  }
}
