/**
 * RCON's stream, cut into frames: length (of what follows), id, type, text, two zero bytes; numbers are 32 bits,
 * little-endian. TCP keeps no borders, so a chunk may hold many frames or a part of one.
 */
import { FRAME_BYTES_MAX } from "#bridge/rcon/client";

const LENGTH_BYTES = 4;
const EMPTY_FRAME_LENGTH = 10;

export interface Frame {
  readonly id: number;
  readonly type: number;
  /** The whole frame with its length in front. */
  readonly bytes: Buffer;
}

export interface FrameCutter {
  /** The frames that this chunk completes. @throws RangeError when the stream can't be RCON; it is useless then. */
  push(chunk: Buffer): Frame[];
}

export const frameCutter = (): FrameCutter => {
  let chunks: Buffer[] = [];
  let have = 0;
  /** Below this, joining the chunks would be work for nothing: a reply of a megabyte is joined once. */
  let need = LENGTH_BYTES;
  return {
    push(chunk) {
      chunks.push(chunk);
      have += chunk.length;
      if (have < need) return [];
      const bytes = chunks.length === 1 ? chunk : Buffer.concat(chunks, have);
      const frames: Frame[] = [];
      let at = 0;
      need = LENGTH_BYTES;
      while (bytes.length - at >= LENGTH_BYTES) {
        const size = LENGTH_BYTES + lengthAt(bytes, at);
        if (bytes.length - at < size) {
          need = size;
          break;
        }
        const frame = bytes.subarray(at, at + size);
        frames.push({ id: frame.readInt32LE(4), type: frame.readInt32LE(8), bytes: frame });
        at += size;
      }
      chunks = [bytes.subarray(at)];
      have = bytes.length - at;
      return frames;
    },
  };
};

const lengthAt = (bytes: Buffer, at: number): number => {
  const length = bytes.readInt32LE(at);
  if (length < EMPTY_FRAME_LENGTH || length > FRAME_BYTES_MAX)
    throw new RangeError(`a frame of ${length} bytes is not RCON`);
  return length;
};
