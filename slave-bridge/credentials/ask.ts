import { ClusterioError, type ErrorCode, EXIT_CODES, unavailable } from "#core/errors";
import { type CredentialsAnswer, credentialsAnswer } from "#core/events/access";
import { decodeJson, encodeJson } from "#core/events/codec";
import { answer } from "#core/events/command";
import type { Bus } from "#core/ports/bus";

/** A master that leads answers from memory, after one write. */
const ANSWER_MS_MAX = 10_000;

/**
 * Asks the master for credentials for a key whose public part it is told.
 * @throws ClusterioError with the master's code, `unavailable` when none answers.
 */
export const askCredentials = async (
  bus: Pick<Bus, "request">,
  asked: { readonly subject: string; readonly request: object; readonly server: string },
): Promise<CredentialsAnswer> => {
  const result = await bus.request(asked.subject, encodeJson(asked.request), ANSWER_MS_MAX);
  if (result.kind !== "answer")
    throw unavailable(`no master of the cluster at ${asked.server} answers: is it running?`);
  const said = decodeJson(answer, result.data, "the master's answer");
  if ("error" in said) {
    const { code, message } = said.error;
    throw new ClusterioError(Object.hasOwn(EXIT_CODES, code) ? (code as ErrorCode) : "refused", message);
  }
  return decodeJson(credentialsAnswer, encodeJson(said.ok), "the master's answer");
};
