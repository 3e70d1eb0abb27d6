import { badInput } from "#core/errors";
import { type InstanceId, instanceId, isId, type SlaveId, slaveId, type UserId, userId } from "#core/ids";
import { parseResource, type ResourceKey } from "#core/resource";

/**
 * The one place that spells subjects (DESIGN 5). Everything put into one is a proved id or is encoded here, so a built
 * subject is never malformed and never has more tokens than its grammar says.
 */
export const SUBJECT_PREFIX = "clusterio.v1";

export const FACT_TYPES = ["world-synced", "world-reported", "world-left", "world-adopted"] as const;
export type FactType = (typeof FACT_TYPES)[number];

/** Facts about players: a stream of their own (ADR 0081). */
export const PLAYER_FACT_TYPES = ["player-joined", "player-left"] as const;
export type PlayerFactType = (typeof PLAYER_FACT_TYPES)[number];

export const LEDGER_TYPES = [
  "round",
  "checkpoint",
  "instance-created",
  "instance-configured",
  "instance-renamed",
  "instance-deleted",
  "instance-assigned",
  "generation-raised",
  "world-retired",
  "world-adopted",
  "world-rewound",
  "rewind-held",
  "rewind-rejected",
  "session-lapsed",
  "events-lost",
  "events-unverifiable",
  "ledger-recovered",
  "policy-set",
  "adjusted",
  "resource-renamed",
] as const;
export type LedgerType = (typeof LEDGER_TYPES)[number];

/** Stands for the slave itself where a command names an instance. */
export const SELF = "_";
/** Stands for every other instance where a message names one. */
const ALL_OTHERS = "_";

/** Any text as one token: UTF-8 percent-encoding with "_" for "%"; only A-Z a-z 0-9 and "-" stand for themselves. */
export const encodeToken = (text: string): string => {
  if (text === "") throw badInput("an empty name cannot stand in a subject");
  let token = "";
  for (const byte of new TextEncoder().encode(text)) {
    const character = String.fromCharCode(byte);
    token += /[A-Za-z0-9-]/.test(character) ? character : `_${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return token;
};

/** What `encodeToken` encoded, undefined for anything else. */
export const decodeToken = (token: string): string | undefined => {
  const bytes: number[] = [];
  for (let at = 0; at < token.length; at++) {
    const escaped = token[at] === "_" ? /^[0-9A-F]{2}/.exec(token.slice(at + 1))?.[0] : undefined;
    bytes.push(escaped === undefined ? token.charCodeAt(at) : Number.parseInt(escaped, 16));
    if (escaped !== undefined) at += 2;
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(new Uint8Array(bytes));
    return text !== "" && encodeToken(text) === token ? text : undefined;
  } catch {
    return undefined;
  }
};

const join = (...tokens: string[]): string => [SUBJECT_PREFIX, ...tokens].join(".");

/** Spelled so far: levels are told several times a second. Bounded, so that a liar cannot fill the memory. */
const storages = new Map<ResourceKey, string>();
const STORAGES_MAX = 100_000;

const storageSubject = (resource: ResourceKey): string => {
  const r = parseResource(resource);
  if (r.kind === "item") return join("storage", "item", encodeToken(r.name), encodeToken(r.quality));
  if (r.kind === "fluid") return join("storage", "fluid", encodeToken(r.name), encodeToken(String(r.temperature)));
  return join("storage", "energy", "_", "_");
};

export const subjects = {
  event: (slave: SlaveId, instance: InstanceId, type: FactType) => join("event", slave, instance, type),
  playerEvent: (slave: SlaveId, instance: InstanceId, type: PlayerFactType) => join("event", slave, instance, type),
  ledger: (type: LedgerType) => join("ledger", type),
  delivery: (slave: SlaveId, instance: InstanceId) => join("delivery", slave, instance),
  deliveriesTo: (slave: SlaveId) => join("delivery", slave, "*"),
  /** What a master tells the slave itself; it comes with the deliveries, and is none. */
  notice: (slave: SlaveId) => join("delivery", slave, SELF),
  storage: (resource: ResourceKey) => {
    let subject = storages.get(resource);
    if (subject === undefined) {
      subject = storageSubject(resource);
      if (storages.size < STORAGES_MAX) storages.set(resource, subject);
    }
    return subject;
  },
  /** What an instance puts on a channel, as its bridge says it. */
  circuit: (slave: SlaveId, instance: InstanceId, channel: string) =>
    join("circuit", slave, instance, encodeToken(channel)),
  /** The same as the leader hands it on. */
  signal: (channel: string, instance: InstanceId) => join("signal", encodeToken(channel), instance),
  /** What a mod of one world says to those of another, or (`to` undefined) of all others. */
  message: (slave: SlaveId, instance: InstanceId, to: string | undefined, channel: string) =>
    join("message", slave, instance, to === undefined ? ALL_OTHERS : instanceId(to), encodeToken(channel)),
  stateLeader: () => join("state", "master", "leader"),
  /** Projectors that do not lead, each in its turn. */
  stateStandby: () => join("state", "master", "standby"),
  state: (kind: "instances", id: InstanceId) => join("state", kind, id),
  telemetry: (slave: SlaveId, instance: InstanceId | typeof SELF) => join("telemetry", slave, instance),
  rejected: (slave: SlaveId, instance: InstanceId) => join("rejected", slave, instance),
  audit: (executor: SlaveId | "master", instance: InstanceId | typeof SELF) => join("audit", executor, instance),
  command: (user: UserId, slave: SlaveId, instance: InstanceId | typeof SELF, verb: string) =>
    join("command", user, slave, instance, verb),
  /** What is about one instance names it, so that the right to it is the broker's to check (ADR 0066). */
  masterCommand: (user: UserId, noun: string, verb: string, instance?: InstanceId) =>
    join("command", user, "master", noun, verb, ...(instance === undefined ? [] : [instance])),
  /** Who may do what, the whole book. */
  access: () => join("access", "book"),
  /** The last word about one player on one of the cluster's lists. */
  list: (list: "admins" | "bans" | "whitelist", player: string) => join("lists", list, encodeToken(player)),
  join: (token: string) => join("join", instanceId(token)),
  /** A slave asks for credentials that end later than those it has. */
  renew: (slave: SlaveId) => join("renew", slave),
  query: (caller: UserId | SlaveId, noun: string) => join("query", caller, noun),
  /** What an instance's game and bridge print. */
  log: (slave: SlaveId, instance: InstanceId) => join("log", slave, instance),
  /** The same wherever it runs. */
  logsOf: (instance: InstanceId) => join("log", "*", instance),
  /** Its history; it names the instance, so that the right to it is the broker's to check. */
  logQuery: (caller: UserId, instance: InstanceId) => join("query", caller, "logs", instance),
  /** Where an instance runs, as its bridge says. */
  telemetryOf: (instance: InstanceId) => join("telemetry", "*", instance),
  /** Wildcards for subscribers. */
  all: {
    events: join("event", ">"),
    ledger: join("ledger", ">"),
    deliveries: join("delivery", ">"),
    levels: join("storage", ">"),
    circuits: join("circuit", ">"),
    signals: join("signal", ">"),
    signalsOn: (channel: string) => join("signal", encodeToken(channel), "*"),
    messages: join("message", ">"),
    state: join("state", ">"),
    telemetry: join("telemetry", ">"),
    masterCommands: join("command", "*", "master", ">"),
    queries: join("query", ">"),
    logQueries: join("query", "*", "logs", "*"),
    joins: join("join", "*"),
    renewals: join("renew", "*"),
    /** All that slaves say to CORE. */
    saidBySlaves: ["event", "log", "audit", "telemetry", "chat", "circuit"].map((kind) => join(kind, ">")),
    commandsTo: (slave: SlaveId) => join("command", "*", slave, ">"),
  },
} as const;

export interface EventSubject {
  readonly slave: SlaveId;
  readonly instance: InstanceId;
  readonly type: string;
}
export interface SlaveCommandSubject {
  readonly user: UserId;
  readonly slave: SlaveId;
  readonly instance: InstanceId | typeof SELF;
  readonly verb: string;
}
export interface MasterCommandSubject {
  readonly user: UserId;
  readonly noun: string;
  readonly verb: string;
  /** The only instance that the command may be about. */
  readonly instance?: InstanceId;
}
export interface QuerySubject {
  readonly caller: string;
  readonly noun: string;
}

/** "master" stands where slaves do, and is none. */
const isSlave = (token: string): boolean => isId(token) && token !== "master";

const tokensAfter = (kind: string, count: number, subject: string): string[] | undefined => {
  const tokens = subject.split(".");
  if (tokens.length !== count + 3 || tokens[0] !== "clusterio" || tokens[1] !== "v1" || tokens[2] !== kind)
    return undefined;
  return tokens.slice(3);
};

/** The parts of an event's subject, or undefined when it is not one. The type may be unknown to this version. */
export const parseEventSubject = (subject: string): EventSubject | undefined => {
  const [slave, instance, type] = tokensAfter("event", 3, subject) ?? [];
  if (slave === undefined || instance === undefined || type === undefined) return undefined;
  if (!isSlave(slave) || !isId(instance)) return undefined;
  return { slave: slaveId(slave), instance: instanceId(instance), type };
};

export const parseDeliverySubject = (subject: string): { slave: SlaveId; instance: InstanceId } | undefined => {
  const [slave, instance] = tokensAfter("delivery", 2, subject) ?? [];
  if (slave === undefined || instance === undefined || !isSlave(slave) || !isId(instance)) return undefined;
  return { slave: slaveId(slave), instance: instanceId(instance) };
};

export const parseCircuitSubject = (
  subject: string,
): { slave: SlaveId; instance: InstanceId; channel: string } | undefined => {
  const [slave, instance, token] = tokensAfter("circuit", 3, subject) ?? [];
  if (slave === undefined || instance === undefined || token === undefined) return undefined;
  const channel = decodeToken(token);
  if (!isSlave(slave) || !isId(instance) || channel === undefined) return undefined;
  return { slave: slaveId(slave), instance: instanceId(instance), channel };
};

export const parseSignalSubject = (subject: string): { channel: string; instance: InstanceId } | undefined => {
  const [token, instance] = tokensAfter("signal", 2, subject) ?? [];
  const channel = token === undefined ? undefined : decodeToken(token);
  if (instance === undefined || channel === undefined || !isId(instance)) return undefined;
  return { channel, instance: instanceId(instance) };
};

export interface MessageSubject {
  readonly slave: SlaveId;
  readonly instance: InstanceId;
  /** Undefined: all others. */
  readonly to: InstanceId | undefined;
  readonly channel: string;
}

export const parseMessageSubject = (subject: string): MessageSubject | undefined => {
  const [slave, instance, to, token] = tokensAfter("message", 4, subject) ?? [];
  if (slave === undefined || instance === undefined || to === undefined || token === undefined) return undefined;
  const channel = decodeToken(token);
  if (!isSlave(slave) || !isId(instance) || channel === undefined) return undefined;
  if (to !== ALL_OTHERS && !isId(to)) return undefined;
  const only = to === ALL_OTHERS ? undefined : instanceId(to);
  return { slave: slaveId(slave), instance: instanceId(instance), to: only, channel };
};

export const parseLogSubject = (subject: string): { slave: SlaveId; instance: InstanceId } | undefined => {
  const [slave, instance] = tokensAfter("log", 2, subject) ?? [];
  if (slave === undefined || instance === undefined || !isSlave(slave) || !isId(instance)) return undefined;
  return { slave: slaveId(slave), instance: instanceId(instance) };
};

/** The instance whose log somebody asks for. */
export const parseLogQuerySubject = (subject: string): InstanceId | undefined => {
  const [caller, noun, instance] = tokensAfter("query", 3, subject) ?? [];
  if (caller === undefined || noun !== "logs" || instance === undefined) return undefined;
  return isId(caller) && isId(instance) ? instanceId(instance) : undefined;
};

export const parseTelemetrySubject = (subject: string): { slave: SlaveId; instance: string } | undefined => {
  const [slave, instance] = tokensAfter("telemetry", 2, subject) ?? [];
  if (slave === undefined || instance === undefined || !isSlave(slave)) return undefined;
  return { slave: slaveId(slave), instance };
};

export const parseSlaveCommandSubject = (subject: string): SlaveCommandSubject | undefined => {
  const [user, slave, instance, verb] = tokensAfter("command", 4, subject) ?? [];
  if (user === undefined || slave === undefined || instance === undefined || verb === undefined) return undefined;
  if (!isId(user) || !isSlave(slave) || !(instance === SELF || isId(instance))) return undefined;
  const target = instance === SELF ? SELF : instanceId(instance);
  return { user: userId(user), slave: slaveId(slave), instance: target, verb };
};

export const parseMasterCommandSubject = (subject: string): MasterCommandSubject | undefined => {
  const tokens = tokensAfter("command", 4, subject) ?? tokensAfter("command", 5, subject) ?? [];
  const [user, master, noun, verb, instance] = tokens;
  if (user === undefined || master !== "master" || noun === undefined || verb === undefined || !isId(user))
    return undefined;
  if (instance === undefined) return { user: userId(user), noun, verb };
  return isId(instance) ? { user: userId(user), noun, verb, instance: instanceId(instance) } : undefined;
};

export const parseQuerySubject = (subject: string): QuerySubject | undefined => {
  const [caller, noun] = tokensAfter("query", 2, subject) ?? [];
  if (caller === undefined || noun === undefined || !isId(caller)) return undefined;
  return { caller, noun };
};

/** The id of the join token in whose name somebody asks to join. */
export const parseJoinSubject = (subject: string): string | undefined => {
  const [token] = tokensAfter("join", 1, subject) ?? [];
  return token !== undefined && isId(token) ? token : undefined;
};

export const parseRenewSubject = (subject: string): SlaveId | undefined => {
  const [slave] = tokensAfter("renew", 1, subject) ?? [];
  return slave !== undefined && isSlave(slave) ? slaveId(slave) : undefined;
};
