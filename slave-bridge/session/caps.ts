import { type Complaint, decodeLease, type Names, tagOf } from "#bridge/game-protocol";
import { encodeNumber } from "#bridge/import-payload";
import { COMMAND_BYTES_MAX } from "#bridge/session/imports";

export interface CapsHands {
  /** The reply to a command that is composed when its turn comes, undefined when there is none. */
  ask(compose: () => string | undefined): Promise<string | undefined>;
  complain(complaint: Complaint): void;
}

interface Open {
  readonly token: string;
  readonly names: Names;
}

/** A command, and which of the resources it says. */
interface Word {
  readonly command: string;
  readonly told: readonly string[];
}

/**
 * Tells one game what it is not to export (ADR 0046).
 *
 * CW1 a command has the whole list, and a number that rises within the session: one that another overtook is dropped.
 * CW2 it is said only when the save holds another list: as `begin` told, or as a reply confirmed. After a command without a reply
 *     nobody knows which it holds.
 * CW3 one command is under way at a time, composed when its turn comes.
 */
export class Caps {
  #open: Open | undefined;
  #wanted: readonly string[] = [];
  /** What the save holds, undefined while nobody knows. */
  #holds: string | undefined;
  #number = 0;
  #telling = false;
  /** Some had no room by their names. */
  #left = false;

  constructor(private readonly hands: CapsHands) {}

  /** A session began. `holds`: what its save was told last; undefined: its mod is of a version that cannot be told. */
  open(open: Open, holds: readonly string[] | undefined): void {
    this.close();
    if (holds === undefined) return;
    this.#open = open;
    this.#wanted = holds;
    this.#holds = keyOf(holds);
  }

  close(): void {
    this.#open = undefined;
    this.#number = 0;
    this.#telling = false;
    this.#left = false;
  }

  /** What the leader says now. */
  want(keys: readonly string[]): void {
    this.#wanted = keys;
    void this.#tell();
  }

  /** The game reported: what had no room by its name may have a number now, what it did not answer is said again. */
  reported(): void {
    if (this.#left || this.#holds === undefined) void this.#tell();
  }

  async #tell(): Promise<void> {
    const open = this.#open;
    if (open === undefined || this.#telling) return;
    const { told: would } = wordFor(open, 0, this.#wanted);
    this.#left = would.length < this.#wanted.length;
    if (keyOf(would) === this.#holds) return;
    this.#telling = true;
    let told: string | undefined;
    const reply = await this.hands.ask(() => {
      if (open !== this.#open) return undefined;
      const word = wordFor(open, ++this.#number, this.#wanted);
      told = keyOf(word.told);
      this.#holds = undefined;
      return word.command;
    });
    if (open !== this.#open) return;
    this.#telling = false;
    if (reply === undefined) return;
    const decoded = decodeLease(reply);
    if (decoded.kind !== "tick") return this.hands.complain(decoded);
    this.#holds = told;
    void this.#tell();
  }
}

const keyOf = (names: readonly string[]): string => [...names].sort().join(",");

/** Numbers where the save has given them, names for as many of the others as there is room. */
const wordFor = ({ token, names }: Open, number: number, wanted: readonly string[]): Word => {
  const numbered = wanted.flatMap((name): [number, string][] => {
    const known = names.numberOf(name);
    return known === undefined ? [] : [[known, name]];
  });
  numbered.sort(([a], [b]) => a - b);
  let previous = -1;
  let payload = "";
  for (const [known] of numbered) {
    payload += encodeNumber(known - previous - 1);
    previous = known;
  }
  const head = `/cc ${tagOf(token)} ${number} ${payload === "" ? "." : payload}`;
  const told = numbered.map(([, name]) => name);
  const named: string[] = [];
  let room = COMMAND_BYTES_MAX - head.length;
  for (const name of wanted) {
    if (names.numberOf(name) !== undefined) continue;
    room -= name.length + 1;
    if (room < 0) break;
    named.push(name);
  }
  return { command: named.length === 0 ? head : `${head} ${named.join(",")}`, told: [...told, ...named] };
};
