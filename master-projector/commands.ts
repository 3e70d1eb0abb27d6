import { isClusterioError } from "#core/errors";
import { canonicalJson } from "#core/events/codec";
import { CAP_RULES_MAX, isMasterCommand, type MasterCommand, masterCommands } from "#core/events/command";
import { waitingWorlds } from "#core/fold/held";
import type { State, World } from "#core/fold/state";
import type { WorldId } from "#core/ids";
import { parseResource, type ResourceKey } from "#core/resource";
import { type Arguments, type Context, type Decision, done, no } from "#projector/decision";
import { assign, configure, create, instanceIn, remove, rename } from "#projector/instance-commands";

export type { Decision } from "#projector/decision";

/** Decides operators' commands. */

const newWorld = ({ state, user }: Context, args: Arguments<"world.new">): Decision => {
  const instance = instanceIn(state, args.instance);
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
const renameResource = ({ state, user }: Context, { from, to, reason }: Arguments<"storage.rename">): Decision => {
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
    case "instance.configure":
      return configure(context, masterCommands[command].parse(value));
    case "instance.rename":
      return rename(context, masterCommands[command].parse(value));
    case "instance.delete":
      return remove(context, masterCommands[command].parse(value));
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
      return renameResource(context, masterCommands[command].parse(value));
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
