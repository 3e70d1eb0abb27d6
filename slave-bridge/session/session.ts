import { isCircuitLine } from "#bridge/circuit/circuit-line";
import { Circuits } from "#bridge/circuit/circuits";
import type { RconConnection, Stop } from "#bridge/game/port";
import { followReports } from "#bridge/game/report-follower";
import { type Begun, type Complaint, decodeReport, decodeWhole, type Names, tagOf } from "#bridge/game-protocol";
import { link, newLink } from "#bridge/link/link";
import type { LinkAction, LinkInput, LinkRecord, LinkState, Totals } from "#bridge/link/state";
import { type Incoming, Mailbox } from "#bridge/messages/mailbox";
import { decodeMessageLine, isMessageLine, type Said } from "#bridge/messages/message-line";
import type { BridgeContext } from "#bridge/ports";
import { type Compose, Pipe } from "#bridge/rcon/pipe";
import { bytesPerTick } from "#bridge/rcon/segments";
import type { Rank } from "#bridge/rcon/turns";
import { Caps } from "#bridge/session/caps";
import { merge, NOTHING, nextImport, type Wanting } from "#bridge/session/imports";
import { Lease } from "#bridge/session/lease";
import { isLookLine, Looks } from "#bridge/session/looks";
import { renamedText } from "#bridge/session/renamed";
import { isClusterioError, messageOf } from "#core/errors";
import { decodeJson, encodeJson } from "#core/events/codec";
import { answer, type WorldStatement } from "#core/events/command";
import { type Delivery, type InstanceConfig, type LinkRequest, linkAnswer } from "#core/events/delivery";
import type { FactBody } from "#core/events/facts";
import { queries, type Standing } from "#core/events/query";
import { LATENCY_SAMPLES_MAX } from "#core/events/telemetry";
import { type Failpoint, failpoint } from "#core/failpoints";
import { type InstanceId, isWorldId, type WorldId } from "#core/ids";
import { subjects } from "#core/subjects";

/**
 * Carries out what the world link (link/link.ts) decides, against one running game.
 *
 * E1 what the link wants remembered is on disk before anything that it said after it is done.
 * E2 a reply counts only for the RCON connection and the token that it was asked with.
 * E3 one import is under way at a time; what is granted meanwhile joins what waits.
 * E4 a game that says that its session is another one, or uses names that never came, is asked to begin anew: the
 *    connection is closed, and the next one begins a session.
 * E5 the lease is extended only for a world that is this instance's own.
 * E6 what goes into the game goes by the connection's pipe: in its turn, within what the server takes in.
 */

/** The game answers at the next tick; a save may take seconds. */
const REPLY_MS_MAX = 10_000;
/** How long a leader may think about a question. */
const ANSWER_MS_MAX = 2_000;
/** A good-bye must not hold up a stop. */
const LEAVE_MS_MAX = 2_000;
/** Lines that wait for a name that the other transport brings. */
const PARKED_MAX = 100;

/** Resources in one statement: with their two totals well below what an answer may have. */
const STATED_MAX = 4_000;

/** The totals after a resource, as many as one answer takes. */
const pageOf = (exported: Totals, received: Totals, after: string) => {
  const keys = [...new Set([...Object.keys(exported), ...Object.keys(received)])].filter((key) => key > after).sort();
  const shown = keys.slice(0, STATED_MAX);
  const pick = (totals: Totals) =>
    Object.fromEntries(shown.flatMap((key) => (totals[key] ? [[key, totals[key]]] : [])));
  const next = keys.length > shown.length ? { next: shown.at(-1)! } : {};
  return { exported: pick(exported), received: pick(received), ...next };
};

export interface SessionOwner {
  readonly instance: InstanceId;
  /** script-output */
  readonly reports: string;
  remember(record: LinkRecord): Promise<void>;
  configure(config: InstanceConfig): void;
  /** The running save is this world. */
  belongs(world: WorldId): void;
  publish(fact: FactBody): void;
  /** A message of this world's mods to others. */
  send(world: WorldId, said: Said): void;
  /** A message was not understood, or found no room. */
  dropped(): void;
  stopServer(message: string): void;
  alarm(message: string | undefined): void;
  /** Something that telemetry shows has changed. */
  changed(): void;
  /** The game said that it is busy saving: silence is no fault. */
  saving(): boolean;
}

/** One RCON connection's session with the mod. */
interface Open {
  readonly token: string;
  readonly names: Names;
  readonly base: Totals;
  readonly circuits: Circuits | undefined;
}

/** Of a game whose speed is not known yet. */
const UPS = 60;

export class Session {
  #link: LinkState;
  #rcon: RconConnection | undefined;
  #pipe: Pipe | undefined;
  #open: Open | undefined;
  #stopReports: Stop = () => {};
  readonly #lease: Lease;
  readonly #mailbox: Mailbox;
  readonly #caps: Caps;
  readonly #looks: Looks;
  #queue: LinkAction[] = [];
  #draining = false;
  #waiting: Wanting = NOTHING;
  #importing = false;
  #parked: string[] = [];
  #toldRenamed = "";
  #rconLatencyMs: number | undefined;
  #latencyMs: number[] = [];

  constructor(
    private readonly context: BridgeContext,
    private readonly owner: SessionOwner,
    record: LinkRecord,
  ) {
    const { boot, settings, factRoom: room } = context;
    this.#link = newLink({ instance: owner.instance, slave: settings.slave, boot, record, room });
    this.#lease = new Lease(context.ports.clock, {
      ask: (command) => this.#ask(command),
      complain: (complaint) => this.#beginAnew(complaint),
      players: (players) => this.#pipe?.paced(bytesPerTick(players) * (this.#lease.pace?.ups || UPS)),
    });
    this.#caps = new Caps({
      ask: (compose) => this.#askInTurn("command", compose),
      complain: (complaint) => this.#beginAnew(complaint),
    });
    this.#looks = new Looks({
      clock: context.ports.clock,
      ask: (compose) => this.#askInTurn("level", compose),
      standings: (resources) => this.#standings(resources),
      complain: (complaint) => this.#beginAnew(complaint),
    });
    this.#mailbox = new Mailbox({
      ask: (command) => this.#askInTurn("signal", () => command),
      complain: (complaint) => this.#beginAnew(complaint),
      dropped: () => owner.dropped(),
    });
  }

  get linked(): boolean {
    return this.#link.linked;
  }

  get world(): WorldId | "" {
    return this.#link.world;
  }

  /** What was measured since the last call. */
  measured(): { tick: number; ups?: number; rconLatencyMs?: number; latencyMs: number[] } {
    const latencyMs = this.#latencyMs;
    this.#latencyMs = [];
    const { pace } = this.#lease;
    const ups = pace?.ups;
    return {
      tick: pace?.tick ?? 0,
      ...(ups === undefined || this.#rcon === undefined ? {} : { ups }),
      ...(this.#rconLatencyMs === undefined ? {} : { rconLatencyMs: this.#rconLatencyMs }),
      latencyMs,
    };
  }

  connected(rcon: RconConnection): void {
    this.#rcon = rcon;
    this.#pipe = new Pipe(this.context.ports.clock, (command) => this.#send(rcon, command));
    this.#feed({ kind: "connected" });
  }

  disconnected(): void {
    this.#rcon = undefined;
    this.#pipe?.close();
    this.#pipe = undefined;
    this.#close();
    this.#feed({ kind: "disconnected" });
  }

  /** An operator started a server that the link had stopped for good. */
  restart(): void {
    if (this.#link.phase !== "stopped") return;
    const { instance, slave, boot, record, room } = this.#link;
    this.#link = newLink({ instance, slave, boot, record, room });
  }

  delivery(delivery: Delivery): void {
    this.#feed({ kind: "delivery", delivery });
  }

  /** Another world's mods say something; it is dropped unless this world's session is open. */
  message(message: Incoming): void {
    this.#mailbox.receive(message);
  }

  /** True when there was something to do. */
  tick(): boolean {
    return this.#feed({ kind: "tick" });
  }

  /** False when there is nothing to decide, or no leader was heard who could know of a new world. */
  decided(as: "same" | "new"): boolean {
    if (this.#link.phase !== "undecided") return false;
    this.#feed({ kind: as === "same" ? "decided-same" : "decided-new" });
    return this.#link.phase !== "undecided";
  }

  /** The bus came back: what was reported meanwhile is lost, so everything is said again. */
  restate(): void {
    if (this.#link.phase === "open") void this.report();
  }

  /** Asks the mod for whole vectors and publishes them. The tick of the report, undefined when there is none. */
  async report(): Promise<number | undefined> {
    const open = this.#open;
    const reply = open === undefined ? undefined : await this.#ask(`/cr ${tagOf(open.token)} full`);
    return reply === undefined || open !== this.#open ? undefined : this.#reported(reply);
  }

  /** The world that runs, by its own word, whether or not a leader hears it; undefined when there is no session to ask. */
  async statement(after = ""): Promise<WorldStatement | undefined> {
    const open = this.#open;
    const { phase, world, whole, record } = this.#link;
    if (open === undefined || phase !== "open" || world === "") return undefined;
    const reply = await this.#ask(`/cr ${tagOf(open.token)} full`);
    if (reply === undefined || open !== this.#open) return undefined;
    const decoded = decodeReport(reply, open.names, open.token);
    if (decoded.kind !== "report") return undefined;
    const { tick, exported, received } = decoded.report;
    const of = { world, tick, seed: whole?.seed ?? 0, epoch: record.epoch, generation: record.generation };
    return { ...of, ...pageOf(exported, received, after) };
  }

  /** Says what there is to say and good-bye, in a bounded time. */
  async leave(): Promise<void> {
    const { clock } = this.context.ports;
    let cancel = () => {};
    const enough = new Promise<void>((resolve) => {
      cancel = clock.after(LEAVE_MS_MAX, resolve);
    });
    await Promise.race([this.report(), enough]);
    cancel();
    this.#feed({ kind: "leave" });
    this.#close(true);
  }

  /** Resolves when an operator's command of so many bytes may be sent (E6); false when there is no connection. */
  async commandTurn(bytes: number): Promise<boolean> {
    return (await this.#pipe?.turn("command", bytes)) ?? false;
  }

  /** True when the link had something to do. */
  #feed(input: LinkInput): boolean {
    const { clock, random } = this.context.ports;
    const [next, actions] = link(this.#link, input, clock.now(), random);
    this.#link = next;
    if (actions.length === 0) return false;
    this.#queue.push(...actions);
    if (!this.#draining) void this.#drain();
    return true;
  }

  /** E1 */
  async #drain(): Promise<void> {
    this.#draining = true;
    for (let action = this.#queue.shift(); action !== undefined; action = this.#queue.shift()) {
      if (action.kind === "remember") await this.owner.remember(action.record);
      else this.#perform(action);
    }
    this.#draining = false;
  }

  #perform(action: Exclude<LinkAction, { kind: "remember" }>): void {
    const { instance } = this.owner;
    switch (action.kind) {
      case "ask":
        return void this.#askLeader(action.request);
      case "begin": {
        const request = { v: 1, token: action.token, boot: this.context.boot, instance };
        return void this.#begin(`/clusterio-begin ${JSON.stringify(request)}`, ["session.beginning", "session.begun"]);
      }
      case "adopt": {
        const { token, world, atLoad } = action;
        const order = { token, world, instance, atLoad };
        return void this.#begin(`/clusterio-adopt ${JSON.stringify(order)}`, ["session.adopting", "session.adopted"]);
      }
      case "publish":
        return this.owner.publish(action.fact);
      case "import":
        this.#waiting = merge(this.#waiting, action);
        return void this.#import();
      case "capped":
        return this.#caps.want(action.keys);
      case "pull-full":
        return void this.report();
      case "stop-server":
        return this.owner.stopServer(action.message);
      case "alarm":
        return this.owner.alarm(action.message);
      case "linked":
        return this.#linkChanged(action.linked);
    }
  }

  #linkChanged(linked: boolean): void {
    if (linked) this.owner.alarm(undefined);
    this.owner.changed();
    const { instance } = this.owner;
    this.context.ports.journal("info", linked ? `${instance} is linked` : `${instance} is unlinked`, { instance });
  }

  async #askLeader(request: LinkRequest): Promise<void> {
    const { bus } = this.context.ports;
    const subject = subjects.query(this.context.settings.slave, "link");
    const result = await bus.request(subject, encodeJson(request), ANSWER_MS_MAX);
    if (result.kind !== "answer") return void this.#feed({ kind: "answer", answer: result.kind });
    try {
      const answer = decodeJson(linkAnswer, result.data, "the answer of link");
      if ("ok" in answer && answer.ok.config !== undefined) this.owner.configure(answer.ok.config);
      this.#feed({ kind: "answer", answer });
    } catch (error) {
      this.#tellBadInput(error);
    }
  }

  /** What the leader says of how this world stands with these resources, undefined when none says anything. */
  async #standings(resources: readonly string[]): Promise<readonly Standing[] | undefined> {
    const { world } = this.#link;
    const { bus } = this.context.ports;
    const subject = subjects.query(this.context.settings.slave, "claims");
    const result = await bus.request(subject, encodeJson({ world, resources }), ANSWER_MS_MAX);
    if (result.kind !== "answer") return undefined;
    try {
      const said = decodeJson(answer, result.data, "the answer of claims");
      return "ok" in said ? queries.claims.answer.safeParse(said.ok).data?.standings : undefined;
    } catch (error) {
      this.#tellBadInput(error);
      return undefined;
    }
  }

  #tellBadInput(error: unknown): void {
    if (!isClusterioError(error, "bad-input")) throw error;
    this.context.ports.journal("warn", `${this.owner.instance}: ${messageOf(error)}`);
  }

  /** The reply to one command, in its turn (E6); undefined when this connection is no more. */
  #ask(command: string): Promise<string | undefined> {
    return this.#askInTurn("delivery", () => command);
  }

  async #askInTurn(rank: Rank, compose: Compose): Promise<string | undefined> {
    return this.#pipe?.ask(rank, compose);
  }

  /** E2 */
  async #send(rcon: RconConnection, command: string): Promise<string | undefined> {
    const { clock, journal } = this.context.ports;
    const sentAt = clock.now();
    try {
      const reply = await rcon.send(command, REPLY_MS_MAX);
      this.#rconLatencyMs = clock.now() - sentAt;
      return rcon === this.#rcon ? reply : undefined;
    } catch (error) {
      if (!isClusterioError(error)) throw error;
      if (rcon === this.#rcon && !this.owner.saving()) {
        journal("warn", `${this.owner.instance}: ${command.split(" ")[0]}: ${error.message}`);
        rcon.close();
      }
      return undefined;
    }
  }

  async #begin(command: string, [before, after]: readonly [Failpoint, Failpoint]): Promise<void> {
    failpoint(before);
    const reply = await this.#ask(command);
    if (reply === undefined) return;
    failpoint(after);
    const begun = decodeWhole(reply);
    if (begun.kind === "error") return void this.#feed({ kind: "refused", code: begun.code, message: begun.message });
    this.#opened(begun);
    this.#feed({ kind: "begun", whole: begun.whole });
  }

  #opened(begun: Begun): void {
    const { disk, game, journal } = this.context.ports;
    const { whole, names, file } = begun;
    const { token, received, world } = whole;
    if (this.#open?.token !== token) {
      this.#tellRenamed(renamedText(begun.renamed));
      this.#close();
      this.#lease.begin(whole.tick);
      const from = { folder: this.owner.reports, file };
      this.#stopReports = followReports({ disk, files: game, journal }, from, (line) => this.#line(line));
    }
    this.#open = { token, names, base: received, circuits: this.#open?.circuits ?? this.#newCircuits(token) };
    if (whole.instance !== this.owner.instance || !isWorldId(world)) return;
    this.owner.belongs(world);
    // E5
    this.#lease.extend(token);
    this.#mailbox.open(token);
    this.#caps.open({ token, names }, begun.capped);
    this.#looks.open({ token, names });
  }

  /** Once for what is new: every session of the save says it again. */
  #tellRenamed(text: string): void {
    if (text === this.#toldRenamed) return;
    this.#toldRenamed = text;
    if (text !== "") this.context.ports.journal("warn", `${this.owner.instance}: ${text}`);
  }

  #newCircuits(token: string): Circuits | undefined {
    const { circuits, ports } = this.context;
    if (circuits === undefined) return undefined;
    const { instance } = this.owner;
    const hands = {
      ...circuits,
      clock: ports.clock,
      ask: (rank: Rank, compose: Compose) => this.#askInTurn(rank, compose),
      complain: (message: string) => ports.journal("warn", `${instance}: ${message}`),
    };
    return new Circuits(hands, instance, token);
  }

  /** Forgets what belongs to one session. `silent`: the game stops in order. */
  #close(silent = false): void {
    this.#open?.circuits?.close(silent);
    this.#stopReports();
    this.#lease.close();
    this.#mailbox.close();
    this.#caps.close();
    this.#looks.close();
    this.#open = undefined;
    this.#waiting = NOTHING;
    this.#importing = false;
    this.#parked = [];
  }

  /** E4 */
  #beginAnew(complaint: Complaint): void {
    this.context.ports.journal(
      "warn",
      `${this.owner.instance}: a new session, because ${complaint.code}: ${complaint.message}`,
    );
    this.#rcon?.close();
  }

  #line(line: string): void {
    if (isMessageLine(line)) this.#said(line);
    else if (isLookLine(line)) this.#looks.line(line);
    else this.#reported(line);
  }

  #said(line: string): void {
    const said = decodeMessageLine(line);
    const { world } = this.#link;
    if (said === undefined || said.token !== this.#open?.token || world === "") return this.owner.dropped();
    this.owner.send(world, said);
  }

  /** A report over either transport; its tick. */
  #reported(line: string): number | undefined {
    const open = this.#open;
    if (open === undefined) return undefined;
    if (isCircuitLine(line)) return void open.circuits?.line(line);
    const decoded = decodeReport(line, open.names, open.token);
    if (decoded.kind === "report") {
      this.#lease.paced(decoded.report.tick);
      this.#feed({ kind: "report", report: decoded.report, untakeable: decoded.untakeable });
      this.#unpark();
      this.#caps.named();
      return decoded.report.tick;
    }
    if (decoded.kind === "unknown-number") this.#park(line);
    else if (decoded.code === "wrong-token" || decoded.code === "payload") this.#beginAnew(decoded);
    else this.context.ports.journal("warn", `${this.owner.instance}: not a report: ${decoded.message}`);
    return undefined;
  }

  #park(line: string): void {
    this.#parked.push(line);
    if (this.#parked.length <= PARKED_MAX) return;
    this.#beginAnew({ kind: "error", code: "names", message: "a number's name did not come" });
  }

  #unpark(): void {
    const parked = this.#parked;
    if (parked.length === 0) return;
    this.#parked = [];
    for (const line of parked) this.#reported(line);
  }

  /** E3 */
  async #import(): Promise<void> {
    const open = this.#open;
    if (open === undefined || this.#importing) return;
    this.#importing = true;
    let folded: number | undefined;
    let said = false;
    const reply = await this.#sendImport(() => {
      if (open !== this.#open) return undefined;
      // What was granted while it waited for its turn goes along.
      const next = nextImport(this.#waiting, open);
      folded = this.#waiting.folded;
      this.#waiting = next?.rest ?? NOTHING;
      said = next !== undefined;
      return next?.command;
    });
    if (open !== this.#open) return;
    this.#importing = false;
    // There was nothing to say; what was granted since is looked at.
    if (!said && this.#waiting !== NOTHING) return void this.#import();
    if (reply === undefined) return;
    const took = this.#reported(reply) !== undefined;
    if (took && folded !== undefined) this.#tookIn(this.context.ports.clock.now() - folded);
    void this.#import();
  }

  async #sendImport(compose: Compose): Promise<string | undefined> {
    const asked = this.#askInTurn("delivery", () => {
      const command = compose();
      return command === undefined || failpoint("import.sending") === "drop" ? undefined : command;
    });
    failpoint("import.sent");
    const reply = await asked;
    return failpoint("import.replied") === "drop" ? undefined : reply;
  }

  #tookIn(ms: number): void {
    if (this.#latencyMs.length < LATENCY_SAMPLES_MAX) this.#latencyMs.push(ms);
  }
}
