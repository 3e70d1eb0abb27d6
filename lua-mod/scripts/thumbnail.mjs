// The portal's picture of the mod: two chests' colours and an arrow between them, drawn here so that no art is shipped.
import { zlibSync } from "fflate";

const size = 144;

const crcTable = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

function crc32(bytes) {
  let c = 0xffffffff;
  for (const byte of bytes) c = crcTable[(c ^ byte) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const crc = Buffer.alloc(4);
  crc.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, crc]);
}

function colourAt(x, y) {
  const inRows = y >= 44 && y < 100;
  if (inRows && x >= 14 && x < 58) return [255, 158, 64];
  if (inRows && x >= 86 && x < 130) return [89, 230, 191];
  const inArrow = Math.abs(y - 72) < 4 && x >= 62 && x < 74;
  const inHead = x >= 74 && x < 84 && Math.abs(y - 72) < 84 - x;
  return inArrow || inHead ? [255, 255, 255] : [36, 40, 48];
}

export function thumbnail() {
  const rows = Buffer.alloc(size * (1 + size * 3));
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) rows.set(colourAt(x, y), y * (1 + size * 3) + 1 + x * 3);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 2, 0, 0, 0], 8); // 8 bits, true colour, no interlacing
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", Buffer.from(zlibSync(rows, { level: 9 }))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
