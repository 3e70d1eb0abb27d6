import { accessCommands } from "#core/events/access";
import { bridgeCommands, isAboutInstance, isMasterCommand, masterCommands, slaveCommands } from "#core/events/command";
import { peopleCommands } from "#core/people/lists";
import { SUBJECT_PREFIX } from "#core/subjects";

/**
 * Everything that can be granted, and the subjects that it comes to. `{{name()}}` is filled in by the broker from the
 * caller's own token, so that a grant is one in one's own name only.
 *
 * AC1 no verb of the master is one of a bridge: `command.<user>.*.*.start` would name both.
 * AC6 whoever may see an instance's log as it comes may see what came before, and nobody else.
 * AC5 whoever has a verb of the master for some instances has no subject that does not name one of them.
 */
const own = "{{name()}}";
const subject = (...tokens: string[]): string => [SUBJECT_PREFIX, ...tokens].join(".");

export interface Verb {
  readonly name: string;
  /** Whether it can be granted for some instances only. */
  readonly scope: "instance" | "cluster";
  readonly kind: "pub" | "sub";
  /** `instance`: a proved id or "*". */
  subjectsOf(instance: string): readonly string[];
}

const verb = (
  name: string,
  scope: Verb["scope"],
  kind: Verb["kind"],
  subjectsOf: (instance: string) => readonly string[],
): Verb => ({ name, scope, kind, subjectsOf });

/** `command.<user>.<slave>.<instance>.<verb>`: ids of instances are unique in a cluster, wherever they run. */
const bridge = Object.keys(bridgeCommands).map((name) =>
  verb(`instance.${name}`, "instance", "pub", (instance) => [subject("command", own, "*", instance, name)]),
);
const slave = Object.keys(slaveCommands).map((name) =>
  verb(`slave.${name}`, "cluster", "pub", () => [subject("command", own, "*", "_", name)]),
);
/** Everybody may renew his own credentials. */
export const FOR_ALL = ["user.renew"] as const;
const master = [masterCommands, accessCommands, peopleCommands].flatMap(Object.keys).map((name) => {
  const said = subject("command", own, "master", ...name.split("."));
  if (!isMasterCommand(name) || !isAboutInstance(name)) return verb(name, "cluster", "pub", () => [said]);
  // Without an instance it may be about any: only for whoever has it for all.
  return verb(name, "instance", "pub", (instance) => [`${said}.${instance}`, ...(instance === "*" ? [said] : [])]);
});
/** Not what names an instance: that is granted for some instances only. */
const ask = verb("ask.all", "cluster", "pub", () => [subject("query", own, "*")]);
const see = [
  verb("see.events", "instance", "sub", (instance) => [subject("event", "*", instance, "*")]),
  verb("see.deliveries", "instance", "sub", (instance) => [subject("delivery", "*", instance)]),
  verb("see.log", "instance", "sub", (instance) => [subject("log", "*", instance)]),
  // AC6: its past, of the master, and of the bridge while no master is there.
  verb("see.log", "instance", "pub", (instance) => [
    subject("query", own, "logs", instance),
    subject("command", own, "*", instance, "log"),
  ]),
  verb("see.telemetry", "instance", "sub", (instance) => [subject("telemetry", "*", instance)]),
  verb("see.chat", "instance", "sub", (instance) => [subject("chat", "*", instance)]),
  verb("see.audit", "instance", "sub", (instance) => [subject("audit", "*", instance)]),
  verb("see.signals", "instance", "sub", (instance) => [subject("signal", "*", instance)]),
  verb("see.messages", "instance", "sub", (instance) => [subject("message", "*", instance, "*", "*")]),
  verb("see.storage", "cluster", "sub", () => [subject("storage", ">")]),
  verb("see.state", "cluster", "sub", () => [subject("state", ">")]),
];

export const VERBS: readonly Verb[] = [...bridge, ...slave, ...master, ask, ...see];
export const NOUNS: readonly string[] = [...new Set(VERBS.map(({ name }) => name.split(".")[0] ?? ""))];
