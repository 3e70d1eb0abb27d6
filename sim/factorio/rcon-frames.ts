/** Source RCON packets: i32 size, i32 id, i32 type, body, two zero bytes; little endian. */
export interface Frame {
  readonly id: number;
  readonly type: number;
  readonly body: string;
}

export const AUTH = 3;
export const EXECUTE = 2;
export const AUTH_REPLY = 2;
export const RESPONSE = 0;

const HEADER = 12;
const SMALLEST = 10; // id, type and the two zero bytes
/** The game's own limit for a packet, by its developers' word. */
const BYTES_MAX = 100 * 1024 * 1024;

export const encodeFrame = ({ id, type, body }: Frame): Buffer => {
  const text = Buffer.from(body);
  const packet = Buffer.alloc(HEADER + text.length + 2);
  packet.writeInt32LE(packet.length - 4, 0);
  packet.writeInt32LE(id, 4);
  packet.writeInt32LE(type, 8);
  text.copy(packet, HEADER);
  return packet;
};

/** Splits a byte stream into frames, however it was cut into chunks. */
export class FrameReader {
  #pending: Buffer = Buffer.alloc(0);

  /** The frames that `chunk` completes; undefined when the stream is not RCON. */
  push(chunk: Buffer): Frame[] | undefined {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const frames: Frame[] = [];
    while (this.#pending.length >= 4) {
      const size = this.#pending.readInt32LE(0);
      if (size < SMALLEST || size > BYTES_MAX) return undefined;
      if (this.#pending.length < 4 + size) break;
      const packet = this.#pending.subarray(0, 4 + size);
      frames.push({
        id: packet.readInt32LE(4),
        type: packet.readInt32LE(8),
        body: packet.toString("utf8", HEADER, 2 + size),
      });
      this.#pending = this.#pending.subarray(4 + size);
    }
    return frames;
  }
}
