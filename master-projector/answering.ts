import type { Boot } from "#core/boot";
import { isAccessCommand } from "#core/events/access";
import type { Answer } from "#core/events/command";
import type { LedgerBody } from "#core/events/ledger";
import type { ClusterView } from "#core/events/query";
import { failpoint } from "#core/failpoints";
import { acceptHeld } from "#core/fold/held";
import { isPeopleCommand } from "#core/people/lists";
import type { Bus } from "#core/ports/bus";
import type { Clock } from "#core/ports/clock";
import type { Access } from "#projector/access/access";
import type { Capping } from "#projector/capping";
import type { Housekeeping } from "#projector/housekeeping";
import type { Ledger } from "#projector/ledger/ledger";
import type { People } from "#projector/people/people";
import type { Assignments } from "#projector/queries";
import { commanded, queried, type Request, Requests } from "#projector/requests";
import type { Telling } from "#projector/telling";

type Command = Request & { readonly kind: "command" };

export interface AnsweringPorts {
  /** Who may do what; undefined where this master has no keys for it. */
  readonly access: Access | undefined;
  /** Players and their lists; undefined where nothing of that is kept. */
  readonly people: People | undefined;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly boot: Boot;
  readonly capping: Capping;
  readonly assignments: Assignments;
  readonly house: Housekeeping;
  readonly telling: Telling;
  /** There is something to answer. */
  readonly wake: () => void;
  /** The broker's time (ms). */
  readonly brokerNow: () => number;
  readonly view: () => ClusterView;
  /** Writes one message; false when another writer was first. */
  readonly write: (body: LedgerBody, signal: AbortSignal) => Promise<boolean>;
}

/** What others ask of a leader, and what operators order: taken in as it comes, carried out at clean points (P7). */
export class Answering {
  readonly #requests: Requests;

  constructor(
    private readonly ports: AnsweringPorts,
    private readonly ledger: Ledger,
  ) {
    this.#requests = new Requests(ports.bus, ports.wake, (message) => ports.access?.heard(message));
  }

  get waiting(): boolean {
    return this.#requests.waiting;
  }

  /** At a clean point. False when a write was lost. */
  async answerAll(signal: AbortSignal): Promise<boolean> {
    const { boot, capping, assignments, view } = this.ports;
    for (const request of this.#requests.takeAll()) {
      if (request.kind === "query" && this.ports.people?.asks(request.noun) === true) {
        const { message } = request;
        this.ports.people.query(request, (said) => this.#requests.answer(message, said));
      } else if (request.kind === "query") {
        const answer = queried(this.ledger.state, request, { boot, capping, assignments, cluster: view });
        this.#requests.answer(request.message, answer);
      } else if (!(await this.#carryOut(request, signal))) return false;
    }
    return true;
  }

  /** Purges alone need no clean point: while the ledger is full they are what brings it (P12 holds for them). */
  async purge(signal: AbortSignal): Promise<void> {
    const isPurge = (request: Request) => request.kind === "command" && request.name === "ledger.purge";
    for (const request of this.#requests.takeAll(isPurge)) await this.#carryOut(request as Command, signal);
  }

  /** Nor are players: `#access` says the rest. */
  #people(command: Command): boolean {
    if (!isPeopleCommand(command.name)) return false;
    const answer = (said: Answer) => this.#requests.answer(command.message, said);
    if (this.ports.people !== undefined) this.ports.people.command(command, answer);
    else answer({ error: { code: "unavailable", message: "this master keeps nothing about players" } });
    return true;
  }

  /** Who may do what is no matter of the ledger: it is answered when it is done, and nobody waits for it. */
  #access(command: Command): boolean {
    if (!isAccessCommand(command.name)) return false;
    const answer = (said: Answer) => this.#requests.answer(command.message, said);
    if (this.ports.access !== undefined) this.ports.access.command(command, answer);
    else
      answer({ error: { code: "refused", message: "this master has no keys for that: start it with --access-keys" } });
    return true;
  }

  async #carryOut(command: Command, signal: AbortSignal): Promise<boolean> {
    if (this.#access(command) || this.#people(command)) return true;
    const { clock, telling, house, brokerNow, write } = this.ports;
    const { state, verified } = this.ledger;
    const { user, name, message } = command;
    const audit = (outcome: string, said: string) =>
      telling.audit({ user, verb: name, outcome, message: said }, clock.now());
    audit("asked", JSON.stringify(command.value));
    const about = { now: brokerNow(), covered: verified?.first ?? 0 };
    const { bodies, answer, purgeBelow, accepts } = commanded(state, command, about);
    const accepted = accepts === undefined ? undefined : acceptHeld(state, { world: accepts, user }, about.now);
    const changes = () => {
      this.#requests.answer(message, { error: { code: "unavailable", message: "the leader changes: ask again" } });
      return false;
    };
    for (const body of accepted === undefined ? bodies : [...bodies, accepted]) {
      if (!(await write(body, signal))) return changes();
    }
    if (bodies.length > 0) failpoint("command.written");
    if (purgeBelow !== undefined && !(await house.purge(purgeBelow))) return changes();
    if ("error" in answer) audit(answer.error.code, answer.error.message);
    else audit("ok", "");
    this.#requests.answer(message, answer);
    return true;
  }

  /** Who waits still is told to ask the next leader. */
  close(): void {
    this.#requests.close();
  }
}
