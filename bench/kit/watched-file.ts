import { closeSync, type FSWatcher, openSync, readSync, watch } from "node:fs";

const LOOK_MS = 250;

/** Calls `onLine` for each line as it is appended to a file, which need not be there yet. Returns what stops it. */
export const watchLines = (path: string, onLine: (line: string, at: number) => void): (() => void) => {
  const buffer = Buffer.alloc(64 * 1024);
  let [offset, rest] = [0, ""];
  let watcher: FSWatcher | undefined;
  const look = () => {
    const at = performance.now();
    let file: number;
    try {
      file = openSync(path, "r");
    } catch {
      return;
    }
    watcher ??= watch(path, look);
    const lines = `${rest}${buffer.toString("utf8", 0, readSync(file, buffer, 0, buffer.length, offset))}`.split("\n");
    closeSync(file);
    offset += Buffer.byteLength(lines.join("\n")) - Buffer.byteLength(rest);
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line, at);
  };
  // Until the file is there, its folder may not be either.
  const timer = setInterval(look, LOOK_MS);
  look();
  return () => {
    clearInterval(timer);
    watcher?.close();
  };
};
