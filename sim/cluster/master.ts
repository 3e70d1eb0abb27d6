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
  readonly checkpointEvery: number;
  readonly roundBytesMax: number | undefined;
  readonly unseal: NonNullable<ProjectorPorts["unseal"]>;
  onCrash(error: unknown): void;
  onAlarm(message: string): void;
  onRole(role: string): void;
}

const RESTART_MS = 1_000;
/** Masters with checkpoints this often write them in parts this short, with rounds in between. */
const PARTS_BELOW = 20;
const PART_BYTES = 400;
const KEY = "signed:";

/** Not a signature, but nobody in the simulation forges one. */
const assignments: ProjectorPorts["assignments"] = {
  sign: (assignment) => KEY + JSON.stringify(assignment),
  verify: (text) => (text.startsWith(KEY) ? (JSON.parse(text.slice(KEY.length)) as SignedAssignment) : undefined),
};

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
      assignments,
      alarm: (message) => setting.onAlarm(message),
      observe: () => {},
      onRole: (role) => setting.onRole(role),
      prepare: async () => {},
    };
  }

  async #run(machine: Machine, signal: AbortSignal): Promise<void> {
    try {
      const projector = await Projector.open(this.#ports(machine));
      if (machine !== this.machine) return;
      this.projector = projector;
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
