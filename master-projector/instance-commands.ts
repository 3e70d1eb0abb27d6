import { effectsOf, notesOn } from "#core/config-effect";
import { patchedConfig } from "#core/config-patch";
import { badInput, refused } from "#core/errors";
import { canonicalJson } from "#core/events/codec";
import type { Configured } from "#core/events/command";
import type { LedgerBody } from "#core/events/ledger";
import { voidToken, worldsOf } from "#core/fold/sessions";
import { INSTANCES_EVER_MAX, INSTANCES_MAX, type Instance, instancesIn, type State } from "#core/fold/state";
import { type InstanceId, idFromName, slaveId } from "#core/ids";
import { type ConfigPatch, forgottenConfig, type InstanceConfig } from "#core/instance-config";
import { type Arguments, type Context, type Decision, done, no } from "#projector/decision";

/** Operators' commands about instances: what they are to be, whose they are, and their end. */

/** @throws ClusterioError `bad-input` when there is none of that id, or none any more. */
export const instanceIn = (state: State, id: string): Instance => {
  const instance = state.instances.get(id as InstanceId);
  if (instance === undefined) throw badInput(`there is no instance "${id}"`);
  if (instance.deleted) throw badInput(`the instance "${id}" was deleted`);
  return instance;
};

/** @throws ClusterioError `refused` when another instance has that name. */
const refuseTaken = (state: State, name: string, but?: Instance): void => {
  for (const instance of instancesIn(state)) {
    if (instance !== but && instance.config?.name === name)
      throw refused(`there is an instance named "${name}" already: ${instance.id}`);
  }
};

const configOf = ({ id, config }: Instance): InstanceConfig => config ?? forgottenConfig(id);

/** Ports of one machine that are fixed, each once: players come by UDP, RCON by TCP. @throws ClusterioError `refused` */
const refusePorts = (state: State, slave: string, { ports, attach }: InstanceConfig, but?: Instance): void => {
  if (slave === "" || ports === undefined || attach !== undefined) return;
  for (const other of instancesIn(state)) {
    if (other === but || other.slave !== slave || other.config?.attach !== undefined) continue;
    for (const kind of ["game", "rcon"] as const) {
      const port = ports[kind];
      if (port === undefined || other.config?.ports?.[kind] !== port) continue;
      throw refused(`ports.${kind} ${port} is that of ${other.id} on ${slave}: give one of them another port`);
    }
  }
};

export const create = ({ state, user, now }: Context, args: Arguments<"instance.create">): Decision => {
  if (instancesIn(state).length >= INSTANCES_MAX || state.instances.size >= INSTANCES_EVER_MAX)
    return no("refused", `a cluster has at most ${INSTANCES_MAX} instances, and ever ${INSTANCES_EVER_MAX}`);
  refuseTaken(state, args.name);
  const instance = idFromName(args.name, (id) => state.instances.has(id as InstanceId));
  const before = { name: args.name, seed: state.instances.size, autosaveSeconds: 0 };
  const config = patchedConfig(before, args.config as ConfigPatch);
  const created: LedgerBody = { type: "instance-created", data: { user, instance, config } };
  if (args.slave === undefined) return done([created], { instance });
  const slave = slaveId(args.slave);
  refusePorts(state, slave, config);
  const data = { user, instance, slave, epoch: now, void: voidToken(state) };
  return done([created, { type: "instance-assigned", data }], { instance });
};

export const configure = ({ state, user }: Context, args: Arguments<"instance.configure">): Decision => {
  const instance = instanceIn(state, args.instance);
  const before = configOf(instance);
  const config = patchedConfig(before, args.config as ConfigPatch);
  refusePorts(state, instance.slave, config, instance);
  const changed = canonicalJson(config) !== canonicalJson(before);
  const answer: Configured = { config, changed, effects: effectsOf(before, config), notes: notesOn(before, config) };
  return done(changed ? [{ type: "instance-configured", data: { user, instance: instance.id, config } }] : [], answer);
};

export const rename = ({ state, user }: Context, { instance: id, name }: Arguments<"instance.rename">): Decision => {
  const instance = instanceIn(state, id);
  if (instance.config?.name === name) return done([], { name });
  refuseTaken(state, name, instance);
  return done([{ type: "instance-renamed", data: { user, instance: instance.id, name } }], { name });
};

export const assign = ({ state, user, now }: Context, args: Arguments<"instance.assign">): Decision => {
  const instance = instanceIn(state, args.instance);
  const slave = slaveId(args.slave);
  // Only an open session shows that the slave holds this assignment. Else the ledger may name it from before a lost tail,
  // with the assignment of a later move still about: the operator's word must be above that one ◇ (ADR 0040).
  const held = instance.slave === slave && worldsOf(state, instance).some(({ open }) => open);
  if (held) return done([], { epoch: instance.epoch });
  refusePorts(state, slave, configOf(instance), instance);
  // Time in the epoch: an assignment after a lost ledger tail is higher than the one that was forgotten ◇.
  const epoch = Math.max(instance.epoch + 1, now);
  const data = { user, instance: instance.id, slave, epoch, void: voidToken(state) };
  return done([{ type: "instance-assigned", data }], { epoch });
};

/** Resources in one message: it stays a line. */
const NAMED_MAX = 6;

/** What would come back or be left owing, in words; undefined when that is nothing. */
const attachedTo = (state: State, instance: Instance): string | undefined => {
  const [flying, owed]: [string[], string[]] = [[], []];
  for (const { id, accounts } of worldsOf(state, instance)) {
    for (const [key, { allocated, received, debt }] of accounts) {
      if (allocated > received) flying.push(`${allocated - received} ${key} to ${id}`);
      if (debt > 0) owed.push(`${debt} ${key} by ${id}`);
    }
  }
  const list = (all: readonly string[]) =>
    all.length <= NAMED_MAX
      ? all.join(", ")
      : `${all.slice(0, NAMED_MAX).join(", ")} and ${all.length - NAMED_MAX} more`;
  const parts = [
    ...(flying.length === 0 ? [] : [`in flight are ${list(flying)}, which would come back to storage`]),
    ...(owed.length === 0 ? [] : [`owed are ${list(owed)}, which nobody would repay`]),
  ];
  return parts.length === 0 ? undefined : parts.join("; ");
};

export const remove = ({ state, user, now }: Context, args: Arguments<"instance.delete">): Decision => {
  const known = state.instances.get(args.instance as InstanceId);
  if (known?.deleted === true) return done([], { deleted: false });
  const instance = instanceIn(state, args.instance);
  const { id } = instance;
  const open = worldsOf(state, instance).find((world) => world.open);
  if (open !== undefined) return no("refused", `${id} runs (its world ${open.id} has an open session): stop it first`);
  const waiting = worldsOf(state, instance).find(({ held }) => held !== undefined && held.rejected !== true);
  if (waiting !== undefined)
    return no("refused", `${waiting.id} waits for a decision: clusterio world reject ${waiting.id}, then delete it`);
  const attached = args.force === true ? undefined : attachedTo(state, instance);
  if (attached !== undefined) return no("refused", `${id}: ${attached}. Add --force to delete it all the same`);
  // Above every assignment of before: whoever holds one, or restores one, is told that it is over.
  const data = { user, instance: id, epoch: Math.max(now, instance.epoch + 1), void: voidToken(state) };
  return done([{ type: "instance-deleted", data }], { deleted: true });
};
