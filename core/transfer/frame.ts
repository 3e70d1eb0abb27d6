import { encodeText } from "#core/events/codec";

/**
 * A request or an answer with bytes behind it: one line of JSON, and after it the bytes as they are. Without bytes it is JSON
 * like any other, so that whoever only asks needs none of this.
 */
const NEWLINE = 0x0a;

export const encodeFrame = (head: unknown, body?: Uint8Array): Uint8Array => {
  const line = encodeText(JSON.stringify(head));
  if (body === undefined) return line;
  const frame = new Uint8Array(line.length + 1 + body.length);
  frame.set(line);
  frame[line.length] = NEWLINE;
  frame.set(body, line.length + 1);
  return frame;
};

/** JSON.stringify writes no line break, so the first one ends the head. */
export const splitFrame = (frame: Uint8Array): { readonly head: Uint8Array; readonly body: Uint8Array | undefined } => {
  const end = frame.indexOf(NEWLINE);
  return end < 0 ? { head: frame, body: undefined } : { head: frame.subarray(0, end), body: frame.subarray(end + 1) };
};
