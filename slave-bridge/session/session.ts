import { decodeHappening, type Happening, isHappeningLine } from "#bridge/attached/happening";
import { isCircuitLine } from "#bridge/circuit/circuit-line";
import { Circuits } from "#bridge/circuit/circuits";
import type { RconConnection, Stop } from "#bridge/game/port";
import { followReports } from "#bridge/game/report-follower";
import { type Begun, type Complaint, decodeReport, decodeWhole, type Names, tagOf } from "#bridge/game-protocol";
import { link, newLink } from "#bridge/link/link";
import type { LinkAction, LinkInput, LinkRecord, LinkState } from "#bridge/link/state";
import { type Incoming, Mailbox } from "#bridge/messages/mailbox";
import { decodeMessageLine, isMessageLine, type Said } from "#bridge/messages/message-line";
import type { BridgeContext } from "#bridge/ports";
import type { Compose } from "#bridge/rcon/pipe";
import { bytesPerTick } from "#bridge/rcon/segments";
import type { Rank } from "#bridge/rcon/turns";
import { Caps } from "#bridge/session/caps";
import { Connection } from "#bridge/session/connection";
import { Importing } from "#bridge/session/importing";
import { Lease } from "#bridge/session/lease";
import { isLookLine, Looks } from "#bridge/session/looks";
import { Puller } from "#bridge/session/puller";
import { Heartbeat, type Pulse } from "#bridge/session/pulse";
import { Questions } from "#bridge/session/questions";
import { renamedText } from "#bridge/session/renamed";
import { pageOf } from "#bridge/session/statement";
import type { WorldStatement } from "#core/events/command";
import type { Delivery, LinkRequest } from "#core/events/delivery";
import type { FactBody } from "#core/events/facts";
import { LATENCY_SAMPLES_MAX } from "#core/events/telemetry";
import { type Failpoint, failpoint } from "#core/failpoints";
import { type InstanceId, isWorldId, type WorldId } from "#core/ids";
import type { InstanceConfig } from "#core/instance-config";

/**
 * Carries out what the world link (link/link.ts) decides, against one running game.
 *
 * E1 what the link wants remembered is on disk before anything that it said after it is done.
 * E4 a game that says that its session is another one, or uses names that never came, is asked to begin anew: the
 *    connection is closed, and the next one begins a session.
 * E5 the lease is extended only for a world that is this instance's own.
 */

/** A good-bye must not hold up a stop. */
const LEAVE_MS_MAX = 2_000;
/** Lines that wait for a name that the other transport brings. */
const PARKED_MAX = 100;

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
  /** Its reports are asked for by commands: this bridge cannot read its files. */
  pulls(): boolean;
  /** What players did in a game whose log is not read. */
  happened(happening: Happening): void;
  /** The game answered a command. */
  answered(): void;
  /** The game said which tick it is. */
  pulse(pulse: Pulse): void;
}

/** One RCON connection's session with the mod. */
interface Open {
  readonly token: string;
  readonly names: Names;
  readonly circuits: Circuits | undefined;
}

/** Of a game whose speed is not known yet. */
const UPS = 60;

export class Session {
  #link: LinkState;
  #open: Open | undefined;
  #stopReports: Stop = () => {};
  readonly #connection: Connection;
  readonly #lease: Lease;
  readonly #heartbeat: Heartbeat;
  readonly #puller: Puller;
  readonly #mailbox: Mailbox;
  readonly #caps: Caps;
  readonly #looks: Looks;
  readonly #importing: Importing;
  readonly #questions: Questions;
  #queue: LinkAction[] = [];
  #draining = false;
  #parked: string[] = [];
  #toldRenamed = "";
  #latencyMs: number[] = [];

  constructor(
    private readonly context: BridgeContext,
    private readonly owner: SessionOwner,
    record: LinkRecord,
  ) {
    const { boot, settings, factRoom: room } = context;
    this.#link = newLink({ instance: owner.instance, slave: settings.slave, boot, record, room });
    const warn = (message: string) => context.ports.journal("warn", `${owner.instance}: ${message}`);
    this.#connection = new Connection({
      clock: context.ports.clock,
      saving: () => owner.saving(),
      answered: () => {
        this.#heartbeat.heard();
        owner.answered();
      },
      failed: warn,
    });
    this.#lease = new Lease(context.ports.clock, {
      ask: (command) => this.#ask(command),
      complain: (complaint) => this.#beginAnew(complaint),
      pulse: (pulse) => {
        this.#puller.saw(pulse.tick);
        owner.pulse(pulse);
      },
      players: (players) => this.#connection.paced(bytesPerTick(players) * (this.#lease.pace?.ups || UPS)),
    });
    this.#heartbeat = new Heartbeat(context.ports.clock, {
      ask: (command) => this.#ask(command),
      pulse: (pulse) => owner.pulse(pulse),
    });
    this.#puller = new Puller({
      clock: context.ports.clock,
      ask: (command) => this.#ask(command),
      sent: () => this.#connection.sent,
      line: (line) => this.#line(line),
      pulse: (pulse) => {
        this.#lease.paced(pulse.tick);
        owner.pulse(pulse);
      },
      complain: (complaint) => this.#notPulled(complaint),
    });
    this.#caps = new Caps({
      ask: (compose) => this.#askInTurn("command", compose),
      complain: (complaint) => this.#beginAnew(complaint),
    });
    this.#looks = new Looks({
      clock: context.ports.clock,
      ask: (compose) => this.#askInTurn("level", compose),
      standings: (resources) => this.#questions.standings(this.#link.world, resources),
      complain: (complaint) => this.#beginAnew(complaint),
    });
    this.#importing = new Importing({
      clock: context.ports.clock,
      ask: (compose) => this.#askInTurn("delivery", compose),
      replied: (reply) => {
        this.#puller.delivered();
        return this.#reported(reply) !== undefined;
      },
      tookIn: (ms) => void (this.#latencyMs.length < LATENCY_SAMPLES_MAX && this.#latencyMs.push(ms)),
    });
    this.#questions = new Questions({ bus: context.ports.bus, slave: settings.slave, complain: warn });
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

  /** Its map stands still, as far as one that is pulled tells. */
  get paused(): boolean {
    return this.#puller.paused;
  }

  /** What was measured since the last call. */
  measured(): { tick: number; ups?: number; rconLatencyMs?: number; latencyMs: number[] } {
    const latencyMs = this.#latencyMs;
    this.#latencyMs = [];
    const { pace } = this.#lease;
    const ups = pace?.ups;
    const rconLatencyMs = this.#connection.latencyMs;
    return {
      tick: pace?.tick ?? 0,
      ...(ups === undefined || !this.#connection.isOpen ? {} : { ups }),
      ...(rconLatencyMs === undefined ? {} : { rconLatencyMs }),
      latencyMs,
    };
  }

  connected(rcon: RconConnection): void {
    this.#connection.open(rcon);
    this.#heartbeat.begin();
    this.#feed({ kind: "connected" });
  }

  disconnected(): void {
    this.#connection.closed();
    this.#heartbeat.end();
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
  commandTurn(bytes: number): Promise<boolean> {
    return this.#connection.turn("command", bytes);
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
        const pull = this.owner.pulls() ? { pull: true } : {};
        const request = { v: 1, token: action.token, boot: this.context.boot, instance, ...pull };
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
        return this.#importing.want(action);
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
    const answer = await this.#questions.link(request);
    if (answer === undefined) return;
    if (typeof answer === "object" && "ok" in answer && answer.ok.config !== undefined)
      this.owner.configure(answer.ok.config);
    this.#feed({ kind: "answer", answer });
  }

  /** The reply to one command, in its turn (E6); undefined when this connection is no more. */
  #ask(command: string): Promise<string | undefined> {
    return this.#askInTurn("delivery", () => command);
  }

  #askInTurn(rank: Rank, compose: Compose): Promise<string | undefined> {
    return this.#connection.ask(rank, compose);
  }

  async #begin(command: string, [before, after]: readonly [Failpoint, Failpoint]): Promise<void> {
    failpoint(before);
    const asked = this.context.ports.clock.now();
    const reply = await this.#ask(command);
    if (reply === undefined) return;
    failpoint(after);
    const begun = decodeWhole(reply);
    if (begun.kind === "error") return void this.#feed({ kind: "refused", code: begun.code, message: begun.message });
    this.#opened(begun, asked);
    this.#feed({ kind: "begun", whole: begun.whole });
  }

  #opened(begun: Begun, asked: number): void {
    const { disk, game, journal } = this.context.ports;
    const { whole, names, file } = begun;
    const { token, received, world } = whole;
    if (this.#open?.token !== token) {
      this.#tellRenamed(renamedText(begun.renamed));
      this.#close();
      this.#lease.begin(whole.tick, asked);
      const from = { folder: this.owner.reports, file };
      this.#stopReports = this.owner.pulls()
        ? this.#puller.open(token)
        : followReports({ disk, files: game, journal }, from, (line) => this.#line(line));
    }
    this.#open = { token, names, circuits: this.#open?.circuits ?? this.#newCircuits(token) };
    this.#importing.open({ token, names, base: received });
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
    this.#importing.close();
    this.#open = undefined;
    this.#parked = [];
  }

  /** A mod that knows no such command is too old for a bridge that cannot read its files. */
  #notPulled(complaint: Complaint): void {
    if (complaint.code !== "no-mod") return this.#beginAnew(complaint);
    const remedy = "give that server the version of the mod that this bridge has";
    this.owner.alarm(`its reports cannot be asked for (${complaint.message}): ${remedy}`);
  }

  /** E4 */
  #beginAnew(complaint: Complaint): void {
    this.context.ports.journal(
      "warn",
      `${this.owner.instance}: a new session, because ${complaint.code}: ${complaint.message}`,
    );
    this.#connection.hangUp();
  }

  #line(line: string): void {
    if (isMessageLine(line)) this.#said(line);
    else if (isCircuitLine(line)) this.#open?.circuits?.line(line);
    else if (isLookLine(line)) this.#looks.line(line);
    else if (isHappeningLine(line)) this.#happened(line);
    else this.#reported(line);
  }

  #happened(line: string): void {
    const happening = decodeHappening(line);
    if (happening !== undefined && happening.token === this.#open?.token) this.owner.happened(happening);
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
    const decoded = decodeReport(line, open.names, open.token);
    if (decoded.kind === "report") {
      this.#lease.paced(decoded.report.tick);
      this.owner.pulse({ tick: decoded.report.tick });
      this.#feed({ kind: "report", report: decoded.report, untakeable: decoded.untakeable });
      this.#unpark();
      this.#caps.reported();
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
}
