import type { z } from "zod";
import type { InstanceRunner } from "#bridge/instance/runner";
import { isFramed } from "#bridge/saves/service";
import { badInput, isClusterioError, messageOf, refused } from "#core/errors";
import { decodeJson } from "#core/events/codec";
import {
  type BridgeCommand,
  bridgeCommands,
  isBridgeCommand,
  isSlaveCommand,
  type SlaveCommand,
  slaveCommands,
} from "#core/events/command";
import { consoleLine, type InstancePlayerCommand, isInstancePlayerCommand } from "#core/people/orders";
import type { BusMessage } from "#core/ports/bus";
import type { SlaveCommandSubject } from "#core/subjects";
import { splitFrame } from "#core/transfer/frame";

/** Carries out operators' commands on one instance. */

/** Half of what a message may have (1 MiB, core/identity/grants.ts), as JSON; the rest of a long RCON reply is cut. */
export const REPLY_BYTES_MAX = 512 * 1024;

/**
 * The command in a request, proved.
 * @throws ClusterioError `bad-input` or `refused`.
 */
export const commandIn = (message: BusMessage, { verb }: SlaveCommandSubject): Command => {
  refuseBrokerHeaders(message);
  if (isSlaveCommand(verb)) throw refused(`${verb} is for the slave itself, not for an instance`);
  if (!isBridgeCommand(verb)) throw badInput(`a bridge knows no command "${verb.slice(0, 40)}"`);
  // The verb chose the schema, so the pair belongs together.
  return { verb, data: argumentsIn(message, verb, bridgeCommands[verb]) } as Command;
};

/**
 * The command to the slave itself in a request, proved.
 * @throws ClusterioError `bad-input` or `refused`.
 */
export const slaveCommandIn = (message: BusMessage, { verb }: SlaveCommandSubject): SlaveOrder => {
  refuseBrokerHeaders(message);
  if (isBridgeCommand(verb)) throw refused(`${verb} is for an instance, not for the slave itself`);
  if (!isSlaveCommand(verb)) throw badInput(`a bridge knows no command "${verb.slice(0, 40)}"`);
  return { verb, data: argumentsIn(message, verb, slaveCommands[verb]) } as SlaveOrder;
};

export type SlaveOrder = {
  [Verb in SlaveCommand]: { readonly verb: Verb; readonly data: z.infer<(typeof slaveCommands)[Verb]> };
}[SlaveCommand];

/** Such a header makes the broker do things with an answer that nobody may ask a bridge for (DESIGN 5). */
const refuseBrokerHeaders = ({ headers }: BusMessage): void => {
  const broker = Object.keys(headers).find((name) => name.startsWith("nats-"));
  if (broker !== undefined) throw refused(`a command must not carry the header ${broker}`);
};

const argumentsIn = (message: BusMessage, verb: string, schema: z.ZodType): unknown => {
  const head = isFramed(verb) ? splitFrame(message.data).head : message.data;
  const data = head.length === 0 ? new TextEncoder().encode("{}") : head;
  return decodeJson(schema, data, `the command ${verb}`);
};

/** Those about saves and files, which slave-bridge/saves answers. */
export const isAboutFiles = (command: Command): command is FilesCommand => FILE_VERBS.has(command.verb);
const FILE_VERBS: ReadonlySet<string> = new Set<FilesCommand["verb"]>([
  ...(["save-read", "save-write", "mod-read", "mod-write", "move"] as const),
]);
export type FilesCommand = Extract<Command, { verb: "save-read" | "save-write" | "mod-read" | "mod-write" | "move" }>;

export type PlayersCommand = Extract<Command, { verb: InstancePlayerCommand }>;
const isAboutPlayers = (command: Command): command is PlayersCommand => isInstancePlayerCommand(command.verb);

const carryOutPlayers = async (runner: InstanceRunner, { verb, data }: PlayersCommand): Promise<unknown> => {
  if (verb === "players") return runner.players.online();
  const said = await runner.command(consoleLine(verb, data));
  return { said: cutToBytes(said.trim(), REPLY_BYTES_MAX) };
};

export type Command = {
  [Verb in BridgeCommand]: { readonly verb: Verb; readonly data: z.infer<(typeof bridgeCommands)[Verb]> };
}[BridgeCommand];

/** What the answer's `ok` holds. @throws ClusterioError */
export const carryOut = async (runner: InstanceRunner, command: Exclude<Command, FilesCommand>): Promise<unknown> => {
  if (isAboutPlayers(command)) return carryOutPlayers(runner, command);
  switch (command.verb) {
    case "start":
      await runner.start();
      return { state: runner.phase };
    case "stop":
      await runner.stop();
      return { state: runner.phase };
    case "restart":
      await runner.restart();
      return { state: runner.phase };
    case "kill":
      await runner.kill();
      return { state: runner.phase };
    case "send-rcon": {
      const reply = await runner.command(command.data.command);
      return { reply: cutToBytes(reply, REPLY_BYTES_MAX) };
    }
    case "log":
      return runner.log(command.data.lines);
    case "report":
      return { tick: await runner.report() };
    case "state":
      return runner.statement(command.data.after);
    case "schedule":
      return { schedules: runner.schedule.views() };
    case "decide":
      runner.decide(command.data.as);
      return {};
  }
};

/** The longest beginning of a text that takes at most so many bytes as JSON: escapes and other alphabets make it longer. */
export const cutToBytes = (text: string, bytesMax: number): string => {
  const fits = (length: number) => Buffer.byteLength(JSON.stringify(text.slice(0, length))) <= bytesMax;
  if (fits(text.length)) return text;
  let [short, long] = [0, text.length];
  while (long - short > 1) {
    const middle = Math.floor((short + long) / 2);
    if (fits(middle)) short = middle;
    else long = middle;
  }
  // Not between the two halves of one character.
  return text.slice(0, short).replace(/[\uD800-\uDBFF]$/, "");
};

/** @throws whatever is no named error: a bug. */
export const errorAnswer = (error: unknown): { error: { code: string; message: string } } => {
  if (!isClusterioError(error)) throw error;
  return { error: { code: error.code, message: messageOf(error) } };
};
