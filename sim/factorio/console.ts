import { appendFileSync, existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The server's output: standard output, factorio-current.log, and the console log for dated lines. */
export interface Console {
  /** "   0.567 text" */
  line(text: string): void;
  /** "   0.567 Info File.cpp:12: text" */
  info(source: string, text: string): void;
  error(source: string, text: string): void;
  /** "2026-08-02 02:16:35 [CHAT] text" */
  event(tag: string, text: string): void;
  /** As it is: print() and replies to standard input. */
  bare(text: string): void;
}

const dated = (): string => {
  const now = new Date();
  const two = (n: number) => String(n).padStart(2, "0");
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return `${day} ${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;
};

/** Opens the log in write-data; the last run's moves to factorio-previous.log unless rotation is off. */
export const openConsole = (
  writeData: string,
  options: { rotate: boolean; consoleLog: string | undefined },
): Console => {
  const file = join(writeData, "factorio-current.log");
  if (options.rotate && existsSync(file)) renameSync(file, join(writeData, "factorio-previous.log"));
  if (options.rotate || !existsSync(file)) writeFileSync(file, "");
  // Whoever reads us may be gone; the game goes on.
  process.stdout.on("error", () => {});
  const out = (text: string) => {
    process.stdout.write(`${text}\n`);
    appendFileSync(file, `${text}\n`);
  };
  const seconds = () => process.uptime().toFixed(3).padStart(8);
  return {
    line: (text) => out(`${seconds()} ${text}`),
    info: (source, text) => out(`${seconds()} Info ${source}: ${text}`),
    error: (source, text) => out(`${seconds()} Error ${source}: ${text}`),
    event: (tag, text) => {
      const line = `${dated()} [${tag}] ${text}`;
      out(line);
      if (options.consoleLog !== undefined) appendFileSync(options.consoleLog, `${line}\n`);
    },
    bare: out,
  };
};

export const startedAt = dated();
