import { isClusterioError } from "#core/errors";
import { canonicalJson } from "#core/events/codec";
import { type Answer, CAP_RULES_MAX, isMasterCommand, type MasterCommand, masterCommands } from "#core/events/command";
import type { LedgerBody } from "#core/events/ledger";
import { waitingWorlds } from "#core/fold/held";
import { voidToken, worldsOf } from "#core/fold/sessions";
import { INSTANCES_MAX, type State, type World } from "#core/fold/state";
import { type InstanceId, idFromName, slaveId, type UserId, type WorldId } from "#core/ids";
import { parseResource, type ResourceKey } from "#core/resource";

/** What an operator's command comes to: ledger messages to write, and the answer once they are written. */
export interface Decision {
  readonly bodies: readonly LedgerBody[];
  readonly answer: Answer;
  /** Remove the ledger's messages below this sequence, once all is written. */
  readonly purgeBelow?: number;
  /** The rewind of this world is accepted: what waits is folded and written in one message. */
  readonly accepts?: WorldId;
}

type Arguments<C extends MasterCommand> = ReturnType<(typeof masterCommands)[C]["parse"]>;
interface Context {
  readonly state: State;
  readonly user: UserId;
  /** The broker's time (ms): one clock for all leaders, so that a later assignment has the higher epoch whoever led. */
  readonly now: number;
  /** What lies below this sequence of the ledger is covered by a verified checkpoint; 0 when there is none. */
  readonly covered: number;
}

const done = (bodies: readonly LedgerBody[], ok: unknown): Decision => ({ bodies, answer: { ok } });
const no = (code: string, message: string): Decision => ({ bodies: [], answer: { error: { code, message } } });

const create = ({ state, user }: Context, args: Arguments<"instance.create">): Decision => {
  if (state.instances.size >= INSTANCES_MAX) return no("refused", `a cluster has at most ${INSTANCES_MAX} instances`);
  for (const { config } of state.instances.values()) {
    if (config?.name === args.name) return no("refused", `there is an instance named "${args.name}" already`);
  }
  const instance = idFromName(args.name, (id) => state.instances.has(id as InstanceId));
  const config = {
    name: args.name,
    seed: args.config.seed ?? state.instances.size,
    autosaveSeconds: args.config.autosaveSeconds ?? 0,
  };
  return done([{ type: "instance-created", data: { user, instance, config } }], { instance });
};

const assign = ({ state, user, now }: Context, args: Arguments<"instance.assign">): Decision => {
  const instance = state.instances.get(args.instance as InstanceId);
  if (instance === undefined) return no("bad-input", `there is no instance "${args.instance}"`);
  const slave = slaveId(args.slave);
  // Only an open session shows that the slave holds this assignment. Else the ledger may name it from before a lost tail,
  // with the assignment of a later move still about: the operator's word must be above that one ◇ (ADR 0040).
  const held = instance.slave === slave && worldsOf(state, instance).some(({ open }) => open);
  if (held) return done([], { epoch: instance.epoch });
  // Time in the epoch: an assignment after a lost ledger tail is higher than the one that was forgotten ◇.
  const epoch = Math.max(instance.epoch + 1, now);
  const data = { user, instance: instance.id, slave, epoch, void: voidToken(state) };
  return done([{ type: "instance-assigned", data }], { epoch });
};

const newWorld = ({ state, user }: Context, args: Arguments<"world.new">): Decision => {
  const instance = state.instances.get(args.instance as InstanceId);
  if (instance === undefined) return no("bad-input", `there is no instance "${args.instance}"`);
  const generation = instance.generation + 1;
  return done([{ type: "generation-raised", data: { user, instance: instance.id, generation } }], { generation });
};

const retire = ({ state, user }: Context, args: Arguments<"world.retire">): Decision => {
  const world = state.worlds.get(args.world as WorldId);
  if (world === undefined) return no("bad-input", `there is no world "${args.world}"`);
  if (world.open) return no("refused", `the world "${args.world}" has an open session: stop its server first`);
  return done([{ type: "world-retired", data: { user, world: world.id } }], {});
};

/** The world, if something of it waits; otherwise what to answer. */
const waiting = (state: State, id: string): World | Decision => {
  const world = state.worlds.get(id as WorldId);
  if (world?.held !== undefined) return world;
  if (world !== undefined) return done([], { waits: false });
  const ids = waitingWorlds(state).map((one) => one.id);
  const there = ids.length === 0 ? "no world waits for a decision" : `these wait for a decision: ${ids.join(", ")}`;
  return no("bad-input", `there is no world "${id}"; ${there}`);
};

const accept = ({ state }: Context, args: Arguments<"world.accept">): Decision => {
  const world = waiting(state, args.world);
  if ("answer" in world) return world;
  if (world.held?.rejected === true) {
    return no(
      "refused",
      `the rewind of "${world.id}" was rejected: start its server again, then accept what it states`,
    );
  }
  return { ...done([], { waits: true }), accepts: world.id };
};

const reject = ({ state, user }: Context, args: Arguments<"world.reject">): Decision => {
  const world = waiting(state, args.world);
  if ("answer" in world) return world;
  if (world.held === undefined || world.held.rejected === true) return done([], { waits: true });
  const { token } = world.held;
  return done([{ type: "rewind-rejected", data: { user, world: world.id, token } }], { waits: true });
};

const adjust = ({ state, user }: Context, { world, ...args }: Arguments<"storage.adjust">): Decision => {
  if (world !== undefined && !state.worlds.has(world as WorldId))
    return no("bad-input", `there is no world "${world}"`);
  const data = { user, ...args, ...(world === undefined ? {} : { world }) };
  return done([{ type: "adjusted", data }], {});
};

/** What storage has under one name goes by another; worlds' totals stay (docs/adr/0050). */
const rename = ({ state, user }: Context, { from, to, reason }: Arguments<"storage.rename">): Decision => {
  if (from === to) return no("bad-input", `"${from}" has that name already`);
  if (parseResource(from).kind !== parseResource(to).kind)
    return no("bad-input", `"${from}" can't become "${to}": another kind of thing`);
  const moved = state.stocks.get(from as ResourceKey)?.storage ?? 0;
  const data = { user, from, to, reason };
  return done(moved === 0 ? [] : [{ type: "resource-renamed", data }], { moved });
};

/** One rule more, another one, or one less: the whole set is the fact. */
const setPolicy = ({ state, user }: Context, { resources, rule }: Arguments<"storage.policy">): Decision => {
  const { [resources]: before, ...others } = state.policies.caps ?? {};
  if (rule === undefined && before === undefined) return no("bad-input", `there is no rule for "${resources}"`);
  const caps = rule === undefined ? others : { ...others, [resources]: rule };
  if (rule !== undefined && before !== undefined && canonicalJson(rule) === canonicalJson(before))
    return done([], { caps });
  if (Object.keys(caps).length > CAP_RULES_MAX) return no("refused", `a cluster has at most ${CAP_RULES_MAX} rules`);
  const policies = { ...state.policies, caps };
  return done([{ type: "policy-set", data: { user, policies } }], { caps });
};

const purge = ({ covered }: Context, { below }: Arguments<"ledger.purge">): Decision => {
  if (covered === 0) return no("refused", "LEDGER has no verified checkpoint yet: all of it is needed");
  if (below > covered) {
    return no("refused", `the newest verified checkpoint begins at message ${covered}: what follows it is needed`);
  }
  return { bodies: [], answer: { ok: { firstSeq: below } }, purgeBelow: below };
};

const decideParsed = (context: Context, command: MasterCommand, value: unknown): Decision => {
  const { user } = context;
  switch (command) {
    case "instance.create":
      return create(context, masterCommands[command].parse(value));
    case "instance.assign":
      return assign(context, masterCommands[command].parse(value));
    case "world.new":
      return newWorld(context, masterCommands[command].parse(value));
    case "world.retire":
      return retire(context, masterCommands[command].parse(value));
    case "world.accept":
      return accept(context, masterCommands[command].parse(value));
    case "world.reject":
      return reject(context, masterCommands[command].parse(value));
    case "policy.set":
      return done([{ type: "policy-set", data: { user, ...masterCommands[command].parse(value) } }], {});
    case "storage.policy":
      return setPolicy(context, masterCommands[command].parse(value));
    case "storage.adjust":
      return adjust(context, masterCommands[command].parse(value));
    case "storage.rename":
      return rename(context, masterCommands[command].parse(value));
    case "ledger.purge":
      return purge(context, masterCommands[command].parse(value));
  }
};

/** Decides one command from folded state alone. A repeated one that changes nothing writes nothing. Never throws. */
export const decideCommand = (context: Context, name: string, value: unknown): Decision => {
  if (!isMasterCommand(name)) return no("bad-input", `the master has no command "${name}"`);
  const parsed = masterCommands[name].safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return no("bad-input", `${name}: ${issue?.path.join(".") ?? ""} ${issue?.message ?? "bad arguments"}`);
  }
  try {
    return decideParsed(context, name, value);
  } catch (error) {
    if (isClusterioError(error)) return no(error.code, error.message);
    throw error;
  }
};
