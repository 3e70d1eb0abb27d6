import { readFile } from "node:fs/promises";
import { badInput, messageOf } from "#core/errors";
import { EXCHANGE_CHARACTERS_MAX, readExchangeString } from "#core/saves/exchange-string";

/**
 * What was given as a map exchange string: the string itself, `@FILE` that holds it, or `-` for what comes in.
 * @throws ClusterioError `bad-input` when that is none.
 */
export const exchangeArgument = async (given: string, input: AsyncIterable<Uint8Array | string>): Promise<string> =>
  readExchangeString(await held(given, input)).text;

const held = async (given: string, input: AsyncIterable<Uint8Array | string>): Promise<string> => {
  if (given === "-") return all(input);
  if (!given.startsWith("@")) return given;
  const path = given.slice(1);
  return readFile(path, "utf8").catch((error: unknown) => {
    throw badInput(`cannot read ${path}: ${messageOf(error)}`, error);
  });
};

/** Not more than a string has, with its line breaks: whatever else comes is none. */
const all = async (input: AsyncIterable<Uint8Array | string>): Promise<string> => {
  let text = "";
  for await (const chunk of input) {
    text += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("latin1");
    if (text.length > EXCHANGE_CHARACTERS_MAX * 2) break;
  }
  return text;
};
