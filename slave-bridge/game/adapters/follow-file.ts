import { type FSWatcher, watch } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { StringDecoder } from "node:string_decoder";
import type { Stop } from "#bridge/game/port";

/** Used beside the kernel's notices, which network file systems do not give. */
const POLL_MS = 1_000;
const READ_BYTES = 64 * 1024;
/** A longer line is not ours: it is dropped up to its end instead of filling the memory. */
const LINE_CHARACTERS_MAX = 4 * 1024 * 1024;

/**
 * Follows a text file that another process appends to (an adapter: reads the disk, sets timers).
 *
 * T1 each complete line is handed over once, in order; the rest of an incomplete one is waited for.
 * T2 a file that got shorter was started over: it is read from its beginning.
 * T5 a file that another one took the place of (a log that is rotated) is read to its end, and then that one from its beginning.
 * T3 nothing is handed over after `stop`.
 * T4 what \`onLine\` throws is a bug and ends the process; its line is not handed over again.
 */
export const followFile = (path: string, from: "start" | "end", onLine: (line: string) => void): Stop => {
  let stopped = false;
  let file: FileHandle | undefined;
  let offset = from === "start" ? 0 : -1;
  let rest = "";
  let decoder = new StringDecoder("utf8");
  let watcher: FSWatcher | undefined;
  let busy = false;
  let again = false;
  let opened = 0;
  const buffer = Buffer.alloc(READ_BYTES);

  const take = (text: string) => {
    rest += text;
    for (let end = rest.indexOf("\n"); end >= 0 && !stopped; end = rest.indexOf("\n")) {
      const line = rest.slice(0, rest[end - 1] === "\r" ? end - 1 : end);
      rest = rest.slice(end + 1);
      if (line.length <= LINE_CHARACTERS_MAX) onLine(line);
    }
    // Its end will come as a "line" that is too long by the one character kept beyond the limit.
    if (rest.length > LINE_CHARACTERS_MAX) rest = rest.slice(0, LINE_CHARACTERS_MAX + 1);
  };

  const readOn = async (): Promise<number> => {
    if (file === undefined) {
      file = await open(path, "r").catch(() => undefined);
      if (file === undefined) {
        // Its creation is noticed by its folder.
        watcher ??= startWatching(dirname(path));
        return 0;
      }
      watcher?.close();
      watcher = startWatching(path);
      opened = (await file.stat()).ino;
    }
    const { size } = await file.stat();
    if (offset < 0) offset = size;
    if (size < offset) {
      offset = 0;
      rest = "";
      decoder = new StringDecoder("utf8");
    }
    const { bytesRead } = await file.read(buffer, 0, READ_BYTES, offset);
    offset += bytesRead;
    return bytesRead;
  };

  /** T5. False as long as the path leads to the same file, or to none. */
  const replaced = async (): Promise<boolean> => {
    if (file === undefined) return false;
    const there = await stat(path).catch(() => undefined);
    if (there === undefined || there.ino === opened) return false;
    await file.close().catch(() => {});
    file = undefined;
    offset = 0;
    rest = "";
    decoder = new StringDecoder("utf8");
    return true;
  };

  /** How many bytes are new in the buffer. A disk that fails for a moment: opened again at the next look, from where we were. */
  const read = async (): Promise<number> => {
    try {
      return await readOn();
    } catch {
      await file?.close().catch(() => {});
      file = undefined;
      return 0;
    }
  };

  const look = async (): Promise<void> => {
    again = true;
    if (busy) return;
    busy = true;
    try {
      while (again && !stopped) {
        again = false;
        for (let bytes = await read(); bytes > 0 && !stopped; bytes = await read()) {
          take(decoder.write(buffer.subarray(0, bytes)));
        }
        if (await replaced()) again = true;
      }
    } finally {
      busy = false;
      if (stopped) await file?.close().catch(() => {});
    }
  };

  const startWatching = (target: string): FSWatcher | undefined => {
    try {
      const started = watch(target, { persistent: false }, () => void look());
      started.on("error", () => started.close());
      return started;
    } catch {
      return undefined;
    }
  };

  const timer = setInterval(() => void look(), POLL_MS);
  timer.unref();
  void look();
  return () => {
    if (stopped) return;
    stopped = true;
    clearInterval(timer);
    watcher?.close();
    if (!busy) void file?.close().catch(() => {});
  };
};
