import type { Boot } from "#core/boot";
import { encodeJson } from "#core/events/codec";
import type { Answer } from "#core/events/command";
import type { LinkAnswer, LinkRequest } from "#core/events/delivery";
import { ANSWER_BYTES_MAX, type InstanceView, isNoun, type Page, queries } from "#core/events/query";
import { deliveryOf } from "#core/fold/delivery";
import type { SignedAssignment } from "#core/fold/outcome";
import { worldsOf } from "#core/fold/sessions";
import type { Instance, State } from "#core/fold/state";
import type { InstanceId, SlaveId } from "#core/ids";
import { forgottenConfig } from "#core/instance-config";
import type { Capping } from "#projector/capping";
import { standings, stockSummary, stockView } from "#projector/stock-views";
import { pageOfWorlds } from "#projector/world-pages";

/** Signs and verifies assignments with the cluster's key. */
export interface Assignments {
  sign(assignment: SignedAssignment): string;
  verify(text: string): SignedAssignment | undefined;
}

/** What a bridge that asks `link` is told. A higher epoch that a leader signed outranks what the ledger remembers ◇. */
export const linkAnswer = (
  state: State,
  from: { readonly slave: SlaveId; readonly boot: Boot },
  request: LinkRequest,
  assignments: Assignments,
): LinkAnswer => {
  const id = request.instance as InstanceId;
  let instance = state.instances.get(id);
  const held = request.assignment === undefined ? undefined : assignments.verify(request.assignment);
  if (instance?.deleted === true) return { notYours: { epoch: instance.epoch, deleted: true } };
  if (held !== undefined && held.instance === id && held.slave === from.slave && held.epoch > (instance?.epoch ?? 0)) {
    const forgotten: Instance = {
      id,
      config: undefined,
      slave: held.slave,
      epoch: held.epoch,
      generation: 1,
      owner: "",
      restored: false,
      deleted: false,
      introduced: 0,
      changed: false,
    };
    instance = instance === undefined ? forgotten : { ...instance, slave: held.slave, epoch: held.epoch, owner: "" };
  }
  if (instance === undefined) return { notYours: { epoch: 0 } };
  if (instance.slave !== from.slave) return { notYours: { epoch: instance.epoch } };
  const assignment = assignments.sign({ instance: id, slave: from.slave, epoch: instance.epoch });
  const { config: _revision, ...stated } = deliveryOf(state, instance, from.boot);
  return {
    ok: {
      ...stated,
      assignment,
      ...(instance.config === undefined ? {} : { config: instance.config }),
    },
  };
};

const waitingOf = (state: State, instance: Instance): Pick<InstanceView, "waiting"> => {
  const waiting = worldsOf(state, instance).filter(({ held }) => held !== undefined);
  return waiting.length === 0 ? {} : { waiting: waiting.map(({ id }) => id) };
};

export const instanceView = (state: State, instance: Instance): InstanceView => ({
  ...viewOf(instance),
  ...waitingOf(state, instance),
});

const viewOf = ({ id, config, slave, epoch, generation, owner, deleted }: Instance): InstanceView => ({
  instance: id,
  config: config ?? forgottenConfig(id),
  slave,
  epoch,
  generation,
  owner,
  ...(deleted ? { deleted } : {}),
});

/** The entries after a key, as many as `limit` and ANSWER_BYTES_MAX allow, in order of keys. */
const paged = <T>(all: ReadonlyMap<string, T>, { after = "", limit }: Page, view: (entry: T) => object) => {
  const keys = [...all.keys()].filter((key) => key > after).sort();
  const entries: object[] = [];
  let bytes = 0;
  for (const key of keys) {
    const entry = view(all.get(key)!);
    bytes += encodeJson(entry).length;
    if (entries.length > 0 && (entries.length === limit || bytes > ANSWER_BYTES_MAX))
      return { entries, next: { next: keys[entries.length - 1]! } };
    entries.push(entry);
  }
  return { entries, next: {} };
};

/** What the leader knows beside the ledger. */
export interface Own {
  readonly cluster: () => object;
  readonly capping: Capping;
}

/** Answers one query about the state. Never throws. */
export const answerQuery = (state: State, noun: string, value: unknown, { cluster, capping }: Own): Answer => {
  if (!isNoun(noun)) return { error: { code: "bad-input", message: `the master has no query "${noun}"` } };
  const request = queries[noun].request.safeParse(value);
  if (!request.success)
    return { error: { code: "bad-input", message: `${noun}: ${request.error.issues[0]?.message}` } };
  if (noun === "players" || noun === "lists")
    return { error: { code: "unavailable", message: "this master keeps nothing about players" } };
  if (noun === "cluster") return { ok: cluster() };
  if (noun === "policies") return { ok: state.policies };
  if (noun === "stock") return { ok: stockView(state, queries.stock.request.parse(value), capping) };
  if (noun === "claims") return { ok: standings(state, queries.claims.request.parse(value)) };
  const page = queries.worlds.request.parse(value);
  if (noun === "worlds") return { ok: pageOfWorlds(state, page) };
  if (noun === "instances") {
    const { deleted = false } = queries.instances.request.parse(value);
    const asked = new Map([...state.instances].filter(([, instance]) => instance.deleted === deleted));
    const { entries, next } = paged(asked, page, (instance) => instanceView(state, instance));
    return { ok: { instances: entries, ...next } };
  }
  const { entries, next } = paged(state.stocks, page, (stock) => stockSummary(stock, capping));
  return { ok: { stocks: entries, ...next } };
};
