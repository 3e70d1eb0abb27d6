import { isClusterioError, messageOf } from "#core/errors";
import type { SignedAssignment } from "#core/fold/outcome";
import type { State } from "#core/fold/state";
import type { ManualClock } from "#core/ports/memory/manual-clock";
import type { MemoryBroker, MemoryBus } from "#core/ports/memory/memory-bus";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import type { MemoryLog } from "#core/ports/memory/memory-log";
import { Projector, type ProjectorPorts } from "#projector/projector";
import type { Chance } from "#sim/cluster/chance";
import { Machine, MachineBus } from "#sim/cluster/machine";
import { type LogWeather, MachineLog } from "#sim/cluster/machine-log";

export interface MasterSetting {
  readonly clock: ManualClock;
  readonly broker: MemoryBroker;
  readonly chance: Chance;
  readonly events: MemoryLog;
  readonly ledger: MemoryLog;
  readonly state: MemoryLog;
  readonly eventsWeather: LogWeather;
  readonly ledgerWeather: LogWeather;
  readonly keys: Keys;
  readonly checkpointEvery: number;
  readonly roundBytesMax: number | undefined;
  readonly unseal: NonNullable<ProjectorPorts["unseal"]>;
  onCrash(error: unknown): void;
  /** It has read its ledger, and folded nothing else yet. */
  onStarted(state: State): void;
  /** It stands by, and has read its ledger if the broker is not slow. */
  onStandby(state: State): void;
  onAlarm(message: string): void;
  onRole(role: string): void;
}

const RESTART_MS = 1_000;
/** Reading the ledger takes no time when the broker is not slow. */
const STANDS_BY_MS = 10;
/** Masters with checkpoints this often write them in parts this short, with rounds in between. */
const PARTS_BELOW = 20;
const PART_BYTES = 400;

/** The cluster's key. Not a signature, but nobody in the simulation forges one. */
export class Keys {
  #replaced = 0;

  /** An operator lost it and made another: what was signed before is not believed any more. */
  replace(): void {
    this.#replaced++;
  }

  get #mark(): string {
    return `signed ${this.#replaced}:`;
  }

  readonly assignments: ProjectorPorts["assignments"] = {
    sign: (assignment) => this.#mark + JSON.stringify(assignment),
    verify: (text) =>
      text.startsWith(this.#mark) ? (JSON.parse(text.slice(this.#mark.length)) as SignedAssignment) : undefined,
  };
}

/** The shipped projector as a process that somebody starts again when it ends. */
export class Master {
  machine: Machine;
  projector: Projector | undefined;
  #disk = new MemoryDisk();
  #bus: MemoryBus | undefined;
  #stop = new AbortController();

  constructor(
    private readonly setting: MasterSetting,
    skewMs: number,
  ) {
    this.machine = new Machine(skewMs);
    this.start();
  }

  get leads(): boolean {
    return this.projector?.leading === true && !this.machine.paused && !this.machine.dead;
  }

  get state(): State | undefined {
    return this.projector?.state;
  }

  start(): void {
    const { setting } = this;
    this.machine = new Machine(this.machine.skewMs);
    this.#stop = new AbortController();
    this.#bus = setting.broker.connect();
    this.projector = undefined;
    void this.#run(this.machine, this.#stop.signal);
  }

  #ports(machine: Machine): ProjectorPorts {
    const { setting } = this;
    const { clock, eventsWeather, ledgerWeather } = setting;
    return {
      events: new MachineLog(machine, setting.events, clock, eventsWeather),
      ledgerLog: new MachineLog(machine, setting.ledger, clock, ledgerWeather),
      stateLog: new MachineLog(machine, setting.state, clock, eventsWeather),
      bus: new MachineBus(machine, this.#bus!, clock),
      clock: machine.clock(clock),
      random: setting.chance.fork(),
      disk: this.#disk,
      snapshotPath: "/snapshot.json",
      unseal: setting.unseal,
      checkpointEvery: setting.checkpointEvery,
      ...(setting.roundBytesMax === undefined ? {} : { roundBytesMax: setting.roundBytesMax }),
      ...(setting.checkpointEvery < PARTS_BELOW ? { checkpointPartBytes: PART_BYTES } : {}),
      assignments: setting.keys.assignments,
      alarm: (message) => setting.onAlarm(message),
      observe: () => {},
      onRole: (role) => {
        setting.onRole(role);
        if (role === "standby" && !machine.cut) this.#lookAtStandby(machine);
      },
      prepare: async () => {},
    };
  }

  /** Whoever was deposed has forgotten by then what it had not written. */
  #lookAtStandby(machine: Machine): void {
    this.setting.clock.after(STANDS_BY_MS, () => {
      const state = this.projector?.state;
      if (machine !== this.machine || machine.cut || machine.paused || this.leads || state === undefined) return;
      this.setting.onStandby(state);
    });
  }

  async #run(machine: Machine, signal: AbortSignal): Promise<void> {
    try {
      const projector = await Projector.open(this.#ports(machine));
      if (machine !== this.machine) return;
      this.projector = projector;
      this.setting.onStarted(projector.state);
      await projector.run(signal);
    } catch (error) {
      if (machine.dead) return;
      if (!isClusterioError(error, "unavailable")) this.setting.onCrash(error);
      else this.setting.onAlarm(messageOf(error));
    }
    if (machine !== this.machine) return;
    this.kill();
    this.setting.clock.after(RESTART_MS, () => {
      if (machine === this.machine) this.start();
    });
  }

  /** Asks it to end in order; somebody starts it again. */
  stop(): void {
    this.#stop.abort();
  }

  kill(): void {
    this.machine.kill();
    this.#bus?.setConnected(false);
    this.projector = undefined;
  }

  loseDisk(): void {
    this.#disk = new MemoryDisk();
  }
}
