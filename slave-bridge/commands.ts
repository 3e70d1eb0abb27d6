import type { z } from "zod";
import type { InstanceRunner } from "#bridge/instance/runner";
import { badInput, isClusterioError, messageOf, refused } from "#core/errors";
import { decodeJson } from "#core/events/codec";
import { type BridgeCommand, bridgeCommands, isBridgeCommand } from "#core/events/command";
import type { BusMessage } from "#core/ports/bus";
import type { SlaveCommandSubject } from "#core/subjects";

/** Carries out operators' commands on one instance. */

/** What a reply over NATS has room for; the rest of a long RCON reply is cut. */
const REPLY_CHARACTERS_MAX = 200_000;

/**
 * The command in a request, proved.
 * @throws ClusterioError `bad-input` or `refused`.
 */
export const commandIn = (message: BusMessage, { verb }: SlaveCommandSubject): Command => {
  const broker = Object.keys(message.headers).find((name) => name.startsWith("nats-"));
  // Such a header makes the broker do things with an answer that nobody may ask a bridge for (DESIGN 5).
  if (broker !== undefined) throw refused(`a command must not carry the header ${broker}`);
  if (!isBridgeCommand(verb)) throw badInput(`a bridge knows no command "${verb.slice(0, 40)}"`);
  const data = message.data.length === 0 ? new TextEncoder().encode("{}") : message.data;
  const schema: z.ZodType = bridgeCommands[verb];
  // The verb chose the schema, so the pair belongs together.
  return { verb, data: decodeJson(schema, data, `the command ${verb}`) } as Command;
};

export type Command = {
  [Verb in BridgeCommand]: { readonly verb: Verb; readonly data: z.infer<(typeof bridgeCommands)[Verb]> };
}[BridgeCommand];

/** What the answer's `ok` holds. @throws ClusterioError */
export const carryOut = async (runner: InstanceRunner, command: Command): Promise<unknown> => {
  switch (command.verb) {
    case "start":
      await runner.start();
      return { state: runner.phase };
    case "stop":
      await runner.stop();
      return { state: runner.phase };
    case "kill":
      await runner.kill();
      return { state: runner.phase };
    case "send-rcon": {
      const reply = await runner.command(command.data.command);
      return { reply: reply.slice(0, REPLY_CHARACTERS_MAX) };
    }
    case "report":
      return { tick: await runner.report() };
    case "decide":
      if (command.data.as === "new") {
        throw refused(
          `a new generation is the master's to give: "clusterio world new ${runner.instance}", then this goes on`,
        );
      }
      runner.decideSame();
      return {};
  }
};

/** @throws whatever is no named error: a bug. */
export const errorAnswer = (error: unknown): { error: { code: string; message: string } } => {
  if (!isClusterioError(error)) throw error;
  return { error: { code: error.code, message: messageOf(error) } };
};
