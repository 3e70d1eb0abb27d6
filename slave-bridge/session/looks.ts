import { z } from "zod";
import { type Complaint, decodeLease, type Names, tagOf } from "#bridge/game-protocol";
import { encodeNumber } from "#bridge/import-payload";
import { CLAIMS_MAX, type Standing } from "#core/events/query";
import * as shape from "#core/events/shapes";
import { type Clock, every } from "#core/ports/clock";

/** What somebody in the game looks at, as a line of the mod's report file (docs/game-protocol.md). */
const line = z.object({
  look: z.object({
    token: shape.token,
    // Lua writes an empty list as {} or [].
    resources: z.array(z.string()).or(z.object({}).transform((): string[] => [])),
  }),
});

/** Cheap: every line of a game is asked. */
export const isLookLine = (text: string): boolean => text.startsWith('{"look":');

/** A person reads figures no faster; each time is one question to the leader. */
const LOOK_MS = 2_000;
/** The mod shows figures for ten seconds: the same ones are said again before. */
const AGAIN_TIMES = 3;

export interface LooksHands {
  readonly clock: Clock;
  /** The reply to a command that is composed when its turn comes, undefined when there is none. */
  ask(compose: () => string | undefined): Promise<string | undefined>;
  /** How this world stands with these resources, undefined when no leader says. */
  standings(resources: readonly string[]): Promise<readonly Standing[] | undefined>;
  complain(complaint: Complaint): void;
}

interface Open {
  readonly token: string;
  readonly names: Names;
}

/**
 * Hands one game the cluster's figures for what somebody there looks at.
 *
 * LK1 while nobody looks no question is asked and no command sent.
 * LK2 a command has all figures, and a number that rises within the session; the same ones are said again only so often that they do
 *     not grow old. One question and one command are under way at a time.
 */
export class Looks {
  #open: Open | undefined;
  #resources: readonly string[] = [];
  #number = 0;
  #said = "";
  #times = 0;
  #asking = false;
  #stop = () => {};

  constructor(private readonly hands: LooksHands) {}

  open(open: Open): void {
    this.close();
    this.#open = open;
  }

  close(): void {
    this.#look([]);
    this.#open = undefined;
    this.#number = 0;
    this.#asking = false;
  }

  /** A line of the report file. False for what is none of this session. */
  line(text: string): boolean {
    const look = lookIn(text);
    if (look === undefined || look.token !== this.#open?.token) return false;
    this.#look(look.resources.filter((name) => shape.resource.safeParse(name).success).slice(0, CLAIMS_MAX));
    return true;
  }

  /** LK1 */
  #look(resources: readonly string[]): void {
    this.#stop();
    this.#stop = () => {};
    this.#resources = resources;
    this.#said = "";
    if (resources.length === 0) return;
    this.#stop = every(this.hands.clock, LOOK_MS, () => void this.#tell());
    void this.#tell();
  }

  /** LK2 */
  async #tell(): Promise<void> {
    const open = this.#open;
    if (open === undefined || this.#asking) return;
    this.#asking = true;
    const standings = await this.hands.standings(this.#resources);
    const payload = open !== this.#open || standings === undefined ? "" : payloadOf(standings, open.names);
    const isOld = ++this.#times >= AGAIN_TIMES;
    const reply =
      payload === "" || (payload === this.#said && !isOld)
        ? undefined
        : await this.hands.ask(() =>
            open !== this.#open || this.#resources.length === 0
              ? undefined
              : `/cf ${tagOf(open.token)} ${++this.#number} ${payload}`,
          );
    if (open !== this.#open) return;
    this.#asking = false;
    if (reply === undefined) return;
    const decoded = decodeLease(reply);
    if (decoded.kind !== "tick") return this.hands.complain(decoded);
    this.#said = payload;
    this.#times = 0;
  }
}

const lookIn = (text: string): z.infer<typeof line>["look"] | undefined => {
  try {
    return line.safeParse(JSON.parse(text)).data?.look;
  } catch {
    return undefined;
  }
};

/** Six numbers for each resource that the save has a number for, in their order. */
const payloadOf = (standings: readonly Standing[], names: Names): string => {
  const numbered = standings.flatMap((standing) => {
    const number = names.numberOf(standing.resource);
    return number === undefined ? [] : [{ number, ...standing }];
  });
  numbered.sort((a, b) => a.number - b.number);
  let previous = -1;
  let payload = "";
  for (const { number, onTheWay, storage, demand, worlds, share } of numbered) {
    const group = [number - previous - 1, onTheWay, storage, demand, worlds, Math.round(share * 1_000)];
    payload += group.map(encodeNumber).join("");
    previous = number;
  }
  return payload;
};
