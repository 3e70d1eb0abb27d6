import { crc32, deflateSync, inflateSync } from "node:zlib";
import { EXCHANGE_CHARACTERS_MAX, readExchangeString } from "#core/saves/exchange-string";
import * as strings from "#core/saves/test/exchange-strings";

const failure = (message: RegExp) =>
  expect.objectContaining({ code: "bad-input", message: expect.stringMatching(message) });
const problem = (text: string): unknown => {
  try {
    return readExchangeString(text);
  } catch (error) {
    return error;
  }
};
const packed = (bytes: Uint8Array) => `>>>${deflateSync(bytes).toString("base64")}<<<`;

test.each([
  ["2.1.9", strings.PLAIN_2_1_9],
  ["2.1.9", strings.LAKES_2_1_9],
  ["2.0.47", strings.CHOSEN_2_0_47],
  ["2.1.14", strings.CHOSEN_2_1_14],
  ["1.1.33", strings.CHOSEN_1_1_33],
])("what a game of %s exported has its sum and tells its version", (version, text) => {
  expect(readExchangeString(text)).toEqual({ text, version });
});

test("line breaks and blanks, as the game and mails put them, are no part of it", () => {
  const broken = `\r\n ${strings.PLAIN_2_1_9.replace(/.{55}/g, "$&\n")}\t\n`;
  expect(readExchangeString(broken).text).toBe(strings.PLAIN_2_1_9);
});

test("what was not copied as a whole is refused with what is wrong with it", () => {
  const text = strings.PLAIN_2_1_9;
  expect(problem("")).toEqual(failure(/no map exchange string/));
  expect(problem(text.slice(1))).toEqual(failure(/begins with >>>/));
  expect(problem(text.slice(0, 200))).toEqual(failure(/lost its end/));
  expect(problem(text.replace("eN", 'e"'))).toEqual(failure(/characters that do not belong/));
  expect(problem(">>><<<")).toEqual(failure(/characters that do not belong/));
  expect(problem(`${text.slice(0, 200)}${text.slice(204)}`)).toEqual(failure(/damaged/));
  expect(problem("A".repeat(EXCHANGE_CHARACTERS_MAX + 1))).toEqual(failure(/at most 65536 characters/));
});

test("one byte that changed, and a stream that unpacks without end, are found before a game is asked", () => {
  const bytes = inflateSync(Buffer.from(strings.PLAIN_2_1_9.slice(3, -3), "base64"));
  expect(readExchangeString(packed(bytes)).version).toBe("2.1.9");
  bytes[100] = (bytes[100] ?? 0) ^ 1;
  expect(problem(packed(bytes))).toEqual(failure(/damaged/));
  expect(problem(packed(new Uint8Array(12)))).toEqual(failure(/damaged/));
  const endless = Buffer.alloc(2 * 1024 * 1024);
  endless.writeUInt32LE(crc32(endless.subarray(0, -4)), endless.length - 4);
  expect(problem(packed(endless))).toEqual(failure(/damaged/));
});
