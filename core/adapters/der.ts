/** The few forms of DER (X.690) that a certificate is made of. Each returns a whole element: tag, length, content. */

const lengthOf = (bytes: number): number[] => {
  if (bytes < 0x80) return [bytes];
  const digits: number[] = [];
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return [0x80 | digits.length, ...digits];
};

const element = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content]);
};

const objectId = (text: string): Buffer => {
  const [first = 0, second = 0, ...rest] = text.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const digits = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) digits.unshift(0x80 | (left & 0x7f));
    bytes.push(...digits);
  }
  return element(0x06, Buffer.from(bytes));
};

/** UTCTime until 2049, GeneralizedTime from 2050 on (RFC 5280, 4.1.2.5). */
const time = (ms: number): Buffer => {
  const digits = new Date(ms).toISOString().replace(/\.\d+Z$|[-:T]/g, "");
  const late = Number(digits.slice(0, 4)) >= 2050;
  return element(late ? 0x18 : 0x17, Buffer.from(`${late ? digits : digits.slice(2)}Z`));
};

/** A positive whole number of any length, highest byte first. */
const integer = (bytes: Uint8Array): Buffer =>
  element(0x02, (bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);

export const der = {
  sequence: (...parts: readonly Uint8Array[]) => element(0x30, ...parts),
  set: (...parts: readonly Uint8Array[]) => element(0x31, ...parts),
  objectId,
  integer,
  time,
  text: (value: string) => element(0x0c, Buffer.from(value)),
  boolean: (value: boolean) => element(0x01, Buffer.from([value ? 0xff : 0])),
  octets: (content: Uint8Array) => element(0x04, content),
  /** `unused`: bits at the end of the last byte that do not count. */
  bits: (content: Uint8Array, unused = 0) => element(0x03, Buffer.from([unused]), content),
  /** [n], holding other elements. */
  tagged: (n: number, ...parts: readonly Uint8Array[]) => element(0xa0 | n, ...parts),
  /** [n] instead of the element's own tag, around bytes. */
  implicit: (n: number, content: Uint8Array) => element(0x80 | n, content),
} as const;
