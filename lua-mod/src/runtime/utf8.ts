// Whether bytes are text. What is not would reach another world changed: every JSON on the way is UTF-8.

function range(from: number, to: number): string {
  return `[${string.char(from)}-${string.char(to)}]`;
}

const tail = range(0x80, 0xbf);

/** The well-formed sequences above ASCII (Unicode, table 3-7); no lead byte is a tail, so none is found inside another. */
const sequences = [
  range(0xc2, 0xdf) + tail,
  range(0xe0, 0xe0) + range(0xa0, 0xbf) + tail,
  range(0xe1, 0xec) + tail + tail,
  range(0xed, 0xed) + range(0x80, 0x9f) + tail,
  range(0xee, 0xef) + tail + tail,
  range(0xf0, 0xf0) + range(0x90, 0xbf) + tail + tail,
  range(0xf1, 0xf3) + tail + tail + tail,
  range(0xf4, 0xf4) + range(0x80, 0x8f) + tail + tail,
];
const above_ascii = range(0x80, 0xff);

export function isUtf8(text: string): boolean {
  let left = text;
  for (const sequence of sequences) [left] = string.gsub(left, sequence, "?");
  const [found] = string.find(left, above_ascii);
  return found === undefined;
}
