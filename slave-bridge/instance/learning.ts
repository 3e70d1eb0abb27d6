import { ConfigCopy } from "#bridge/instance/config-copy";
import type { KeptRecord } from "#bridge/instance/kept-record";
import { belongs } from "#bridge/instance/lineage";
import type { OwnGame } from "#bridge/instance/own-game";
import { configured, restartOf } from "#bridge/instance/policy";
import type { Telling } from "#bridge/instance/telling";
import type { BridgeContext } from "#bridge/ports";
import { Questions } from "#bridge/session/questions";
import { messageOf } from "#core/errors";
import type { InstanceId, WorldId } from "#core/ids";
import { type InstanceConfig, revisionOf } from "#core/instance-config";

export interface LearningHands {
  readonly context: BridgeContext;
  readonly instance: InstanceId;
  readonly record: KeptRecord;
  readonly telling: Telling;
  readonly game: Pick<OwnGame, "input">;
  /** Its configuration is another one, and on disk. */
  configured(config: InstanceConfig): void;
  /** It was deleted. */
  gone(): void;
}

/**
 * What an instance learns while its bridge has it: what it is to be, and which world its run is.
 *
 * LE1 once the bridge let go of it, nothing is learned any more: the folder may be another bridge's.
 * LE2 what was learned holds, also while it cannot be written down; the next write of the record has it.
 */
export class Learning {
  readonly copy: ConfigCopy;
  #closed = false;

  constructor(private readonly hands: LearningHands) {
    const { context, instance, record } = hands;
    const { bus, clock, journal } = context.ports;
    const complain = (message: string) => journal("warn", `${instance}: ${message}`, { instance });
    const questions = new Questions({ bus, slave: context.settings.slave, complain });
    this.copy = new ConfigCopy({
      clock,
      ask: () => {
        const { epoch, assignment } = record.now.link;
        return questions.link({ instance, epoch, ...(assignment === "" ? {} : { assignment }) });
      },
      have: () => record.now.config,
      take: (config) => this.configure(config),
      gone: () => this.#closed || hands.gone(),
    });
  }

  configure(config: InstanceConfig): void {
    const { game, record } = this.hands;
    const before = record.now;
    if (this.#closed || revisionOf(config) === revisionOf(before.config)) return;
    game.input({ kind: "configure", autosaveMs: config.autosaveSeconds * 1_000, restart: restartOf(config) });
    const written = record.become(configured(before, config));
    void this.#tolerably("its configuration", written).then(() => this.hands.configured(config));
  }

  /** The running save is this world. */
  belongs(world: WorldId): void {
    const { context, game, record } = this.hands;
    const { lineage: before } = record.now;
    const lineage = belongs(before, world, context.ports.clock.now());
    if (lineage === before) return;
    // Its first save: until there is one, a crash goes back to the original.
    void this.#tolerably("which world it is", record.change({ lineage })).then(() => game.input({ kind: "save" }));
  }

  /** LE1 */
  close(): void {
    this.#closed = true;
  }

  /** LE2 */
  #tolerably(what: string, written: Promise<void>): Promise<void> {
    return written.catch((error: unknown) => {
      this.hands.telling.say("error", `${what} is not on disk: ${messageOf(error)}`);
    });
  }
}
