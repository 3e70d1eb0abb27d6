import { LIMITS } from "#bridge/supervisor/limits";
import { type Action, type Input, newServer, type Server } from "#bridge/supervisor/server";
import { supervise } from "#bridge/supervisor/supervise";

/**
 * A machine that does what actions say, with every freedom that the real one has: processes die when they like, answers
 * come late or never, the log lies still. It checks the supervisor's invariants on the way.
 */
export class Machine {
  server: Server;
  now = 1_000_000;
  process: "none" | "asked" | "alive" = "none";
  adoptable: boolean;
  rcon = false;
  saving = false;
  prepares: number[] = [];
  killed = false;
  killAsked = false;
  creating = false;
  termAt: number | undefined;
  left = false;
  alarms: string[] = [];
  actions: Action[] = [];

  constructor(adoptable: boolean, autosaveMs = 10_000) {
    this.adoptable = adoptable;
    this.server = newServer(autosaveMs, LIMITS);
    if (adoptable) {
      this.process = "alive";
      this.input({ kind: "adopted", pid: 7 });
    }
  }

  input(input: Input): void {
    const [next, actions] = supervise(this.server, input, this.now);
    this.server = next;
    for (const action of actions) this.#take(action);
  }

  #take(action: Action): void {
    this.actions.push(action);
    switch (action.kind) {
      case "prepare":
        this.prepares.push(action.attempt);
        break;
      case "create-save":
      case "spawn":
        expect(this.process).toBe("none"); // S1
        this.process = "asked";
        this.creating = action.kind === "create-save";
        this.killed = this.left = this.killAsked = false;
        this.termAt = undefined;
        break;
      case "leave":
        expect(this.left).toBe(false); // S6
        expect(this.termAt).toBeUndefined();
        this.left = true;
        break;
      case "signal":
        expect(this.process).toBe("alive");
        if (action.signal === "SIGTERM") this.termAt = this.now;
        else {
          // S2: after a SIGTERM, only when its grace is over or an operator said so.
          if (this.termAt !== undefined && !this.killAsked && !this.killed) {
            expect(this.now - this.termAt).toBeGreaterThanOrEqual(LIMITS.stopMs);
          }
          this.killed = true;
        }
        break;
      case "save":
        expect(this.rcon).toBe(true); // S5
        expect(this.saving).toBe(false);
        break;
      case "alarm":
        this.alarms.push(action.message);
        break;
    }
  }

  die(code?: number): void {
    if (this.process !== "alive") return;
    this.process = "none";
    this.rcon = this.saving = false;
    this.input({ kind: "exited", ...(code === undefined ? {} : { code }), lastLines: ["Error: no", "Goodbye"] });
  }

  spawned(succeeds: boolean): void {
    if (this.process !== "asked") return;
    if (succeeds) {
      this.process = "alive";
      this.input({ kind: "spawned", pid: 8 });
    } else {
      this.process = "none";
      this.input({ kind: "spawn-failed", message: "no such file" });
    }
  }

  prepared(save: boolean): void {
    const attempt = this.prepares.shift();
    if (attempt !== undefined) this.input({ kind: "prepared", attempt, save });
  }

  advance(ms: number): void {
    this.now += ms;
    this.input({ kind: "tick" });
  }
}

/** It runs and answers. */
export const running = (): Machine => {
  const machine = new Machine(false);
  machine.input({ kind: "start" });
  machine.prepared(true);
  machine.spawned(true);
  machine.input({ kind: "ready" });
  machine.rcon = true;
  machine.input({ kind: "rcon-connected" });
  expect(machine.server.phase.kind).toBe("running");
  return machine;
};
