import { instancesFolder, pathsOf, readRecord } from "#bridge/instance/folder";
import { type InstanceRecord, newRecord } from "#bridge/instance/record";
import type { InstanceRunner } from "#bridge/instance/runner";
import { recordAssigned } from "#bridge/link/identity";
import type { BridgeContext } from "#bridge/ports";
import { isClusterioError, messageOf, refused, unavailable } from "#core/errors";
import { decodeJson, encodeJson } from "#core/events/codec";
import { type LinkAnswer, type LinkRequest, linkAnswer } from "#core/events/delivery";
import type { InstanceId } from "#core/ids";
import { forgottenConfig } from "#core/instance-config";
import { subjects } from "#core/subjects";

/**
 * Which instances are this slave's, by the leader's word.
 *
 * K1 a delivery for an instance that has no folder here is an assignment: the leader is asked, and its answer makes the folder. One
 *    that is there all the same is gone on with: what it knows of its world is not written over.
 * K5 of an instance one question is under way at most, and after a refusal none for a while: deliveries go on meanwhile.
 */

/** An assignment that could not be taken is tried again no sooner. */
const ASSIGN_AGAIN_MS = 5_000;
/** More names than that are somebody's mistake: they are all forgotten, which costs a question each. */
const REFUSED_MAX = 1_000;
const ANSWER_MS_MAX = 2_000;

export interface AssignmentsHands {
  runner(instance: InstanceId): InstanceRunner | undefined;
  open(record: InstanceRecord): Promise<InstanceRunner>;
  /** The record of a folder that came from another slave and is in its place now; undefined when none did (MV2). */
  arrival(instance: InstanceId, epoch: number): Promise<InstanceRecord | undefined>;
}

export class Assignments {
  readonly #assigning = new Map<InstanceId, Promise<InstanceRunner>>();
  readonly #refusedAt = new Map<InstanceId, number>();

  constructor(
    private readonly context: BridgeContext,
    private readonly hands: AssignmentsHands,
  ) {}

  /** A delivery says that the instance is ours (K1, K5). */
  async takeUp(instance: InstanceId): Promise<void> {
    const { clock, journal } = this.context.ports;
    const refusedAt = this.#refusedAt.get(instance);
    if (refusedAt !== undefined && clock.now() - refusedAt < ASSIGN_AGAIN_MS) return;
    try {
      await this.assigned(instance);
      this.#refusedAt.delete(instance);
    } catch (error) {
      if (!isClusterioError(error)) throw error;
      if (this.#refusedAt.size >= REFUSED_MAX) this.#refusedAt.clear();
      this.#refusedAt.set(instance, clock.now());
      journal("warn", messageOf(error), { instance });
    }
  }

  /**
   * The instance's runner, made if a leader says that it belongs here (K1).
   * @throws ClusterioError when it does not, or nobody can say.
   */
  assigned(instance: InstanceId): Promise<InstanceRunner> {
    const runner = this.hands.runner(instance);
    if (runner !== undefined) return Promise.resolve(runner);
    const running = this.#assigning.get(instance);
    if (running !== undefined) return running;
    const assigning = this.#askForAssignment(instance).finally(() => this.#assigning.delete(instance));
    this.#assigning.set(instance, assigning);
    return assigning;
  }

  /** Whether a leader says, with a higher epoch than the folder's own, that an instance is another slave's. */
  async isAnothers({ instance, link }: InstanceRecord): Promise<boolean> {
    const { epoch, assignment } = link;
    const answer = await this.#askLink({ instance, epoch, ...(assignment === "" ? {} : { assignment }) });
    return "notYours" in answer && answer.notYours.epoch > epoch;
  }

  /** What is under way has ended. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#assigning.values());
  }

  async #askForAssignment(instance: InstanceId): Promise<InstanceRunner> {
    const { settings, ports } = this.context;
    const answer = await this.#askLink({ instance, epoch: 0 });
    if ("notYours" in answer) throw refused(`${instance} is not assigned to ${settings.slave}`);
    const { epoch } = answer.ok;
    const known = (await this.hands.arrival(instance, epoch)) ?? (await this.#kept(instance, epoch));
    // A ledger that lost its memory knows no more than that the instance is ours.
    const config = answer.ok.config ?? known?.config ?? forgottenConfig(instance);
    const record = known ?? newRecord(instance, config);
    ports.journal("info", `${instance} is assigned to ${settings.slave}`, { instance, epoch });
    return this.hands.open({ ...record, config, link: recordAssigned(answer.ok, record.link) });
  }

  /**
   * A folder that is there though nothing runs it: it could not be opened, or let go of, to the end. @throws ClusterioError `refused`
   * when the leader's word is an older one than the folder knows (ADR 0040).
   */
  async #kept(instance: InstanceId, epoch: number): Promise<InstanceRecord | undefined> {
    const { settings, ports } = this.context;
    const record = await readRecord(ports.disk, pathsOf(`${instancesFolder(settings.dir)}/${instance}`));
    if (record !== undefined && epoch < record.link.epoch)
      throw refused(`the ledger names an older assignment of ${instance} than its folder knows: assign it again`);
    return record;
  }

  /** @throws ClusterioError `unavailable` when nobody can say. */
  async #askLink(request: LinkRequest): Promise<Exclude<LinkAnswer, { error: unknown }>> {
    const { settings, ports } = this.context;
    const { instance } = request;
    const result = await ports.bus.request(subjects.query(settings.slave, "link"), encodeJson(request), ANSWER_MS_MAX);
    if (result.kind !== "answer")
      throw unavailable(`no master answers whether ${instance} is assigned to ${settings.slave}`);
    const answer = decodeJson(linkAnswer, result.data, "the answer of link");
    if ("error" in answer) throw unavailable(`the master about ${instance}: ${answer.error.message}`);
    return answer;
  }
}
