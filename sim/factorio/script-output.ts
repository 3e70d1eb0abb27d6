import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Console } from "#sim/factorio/console";
import type { Output } from "#sim/factorio/game";

/** What the process does beyond writing: saves and the end. */
export type Request = Extract<Output, { kind: "save" | "autosave" | "quit" }>;

/** Carries out what the game wrote; returns what is left for the server to do. */
export const carryOut = (outputs: readonly Output[], folder: string, console: Console): Request[] => {
  const requests: Request[] = [];
  for (const output of outputs) {
    switch (output.kind) {
      case "file": {
        const file = join(folder, output.path);
        mkdirSync(dirname(file), { recursive: true });
        (output.append ? appendFileSync : writeFileSync)(file, output.data);
        break;
      }
      case "remove":
        rmSync(join(folder, output.path), { recursive: true, force: true });
        break;
      case "print":
        console.bare(output.text);
        break;
      case "log":
        console.line(`Script ${output.at}: ${output.text}`);
        break;
      case "chat":
        console.event("CHAT", output.text);
        break;
      case "join":
        console.event("JOIN", `${output.player} joined the game`);
        break;
      case "leave":
        console.event("LEAVE", `${output.player} left the game`);
        break;
      case "message":
      case "player":
        break; // shown to players only
      default:
        requests.push(output);
    }
  }
  return requests;
};
