import { cutToBytes, REPLY_BYTES_MAX } from "#bridge/commands";

const bytes = (text: string) => Buffer.byteLength(JSON.stringify(text));

test.each([
  ["control characters, six bytes each as JSON", "\u0001"],
  ["quotes", '"'],
  ["characters of three bytes", "€"],
  ["characters of two halves", "🏭"],
  ["plain letters", "a"],
])("a long reply of %s is cut to what a message has room for, and no shorter", (_, character) => {
  const cut = cutToBytes(character.repeat(600_000), REPLY_BYTES_MAX);
  expect(bytes(cut)).toBeLessThanOrEqual(REPLY_BYTES_MAX);
  expect(bytes(cut + character)).toBeGreaterThan(REPLY_BYTES_MAX);
  expect(Buffer.from(cut).toString()).toBe(cut);
});

test("a reply that fits stays as it is", () => {
  expect(cutToBytes('a "b"\n', 20)).toBe('a "b"\n');
});
