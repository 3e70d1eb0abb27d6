import { hash } from "node:crypto";
import type { Delivery } from "#core/events/delivery";

const decoder = new TextDecoder();

/**
 * Looks at what the ledger and the deliveries say, in their own bytes, and shares no code with what wrote them.
 *
 * C1 storage and shortfall are never negative, and nobody was allocated less than he received.
 * C2 a grant goes up to what the world wants and no further; only what a world says it has received counts as granted anyway.
 * C3 a delivery states no more than the ledger ever granted.
 * C4 a world's saves are all of one map.
 */
interface RoundMessage {
  readonly prev: string;
  readonly storage?: Readonly<Record<string, number>>;
  readonly shortfall?: Readonly<Record<string, number>>;
  readonly worlds?: Readonly<Record<string, { readonly r?: Readonly<Record<string, readonly number[]>> }>>;
}

export const hashOf = (bytes: Uint8Array): string => hash("sha256", bytes, "base64url");

export class Checker {
  /** The first break of each kind. */
  readonly problems = new Map<string, string>();
  readonly #allocated = new Map<string, number>();
  readonly #granted = new Map<string, number>();
  readonly #seeds = new Map<string, number>();
  readonly #stated = new Map<string, number>();
  readonly #unread: Uint8Array[] = [];

  constructor(private readonly onBroken: (what: string) => void) {}

  broke(kind: string, detail: string): void {
    if (this.problems.has(kind)) return;
    this.problems.set(kind, detail);
    this.onBroken(`${kind}: ${detail}`);
  }

  ledgerMessage(type: string, data: Uint8Array): void {
    if (type === "world-retired" || type === "checkpoint") return;
    const message = JSON.parse(decoder.decode(data)) as RoundMessage;
    for (const level of [message.storage, message.shortfall]) {
      for (const [key, n] of Object.entries(level ?? {})) if (n < 0) this.broke("C1", `${key} is ${n}`);
    }
    for (const [world, { r }] of Object.entries(message.worlds ?? {})) {
      for (const [key, record] of Object.entries(r ?? {})) this.#account(`${world} ${key}`, record);
    }
  }

  #account(name: string, [, received = 0, allocated = 0, , target = 0]: readonly number[]): void {
    if (allocated < received) this.broke("C1", `${name}: allocated ${allocated}, received ${received}`);
    const before = this.#allocated.get(name) ?? 0;
    if (allocated > Math.max(before, target) && allocated > this.#statedOf(name)) {
      this.broke("C2", `${name}: allocated ${before} to ${allocated}, wanted up to ${target}`);
    }
    this.#allocated.set(name, allocated);
    this.#granted.set(name, Math.max(this.#granted.get(name) ?? 0, allocated));
  }

  world(id: string, seed: number): void {
    const known = this.#seeds.get(id) ?? seed;
    if (known !== seed) this.broke("C4", `${id} is on map ${known} and on map ${seed}`);
    this.#seeds.set(id, known);
  }

  /** A bridge published this. Read when it matters, which is seldom. */
  fact(bytes: Uint8Array): void {
    this.#unread.push(bytes);
  }

  /** The highest total that the world has ever said it has received. */
  #statedOf(name: string): number {
    for (const bytes of this.#unread.splice(0)) {
      const { data } = JSON.parse(decoder.decode(bytes)) as {
        data: { readonly world: string; readonly received: Readonly<Record<string, number>> };
      };
      for (const [key, total] of Object.entries(data.received)) {
        const stated = `${data.world} ${key}`;
        this.#stated.set(stated, Math.max(this.#stated.get(stated) ?? 0, total));
      }
    }
    return this.#stated.get(name) ?? 0;
  }

  /** The ledger is an earlier one now: any total that it ever granted may stand in it. */
  ledgerLost(): void {
    for (const [name, total] of this.#granted) this.#allocated.set(name, total);
  }

  delivery({ worlds }: Delivery): void {
    for (const [world, { allocated }] of Object.entries(worlds)) {
      for (const [key, total] of Object.entries(allocated)) {
        const granted = this.#granted.get(`${world} ${key}`) ?? 0;
        if (total > granted) this.broke("C3", `${world} ${key}: ${total} delivered, ${granted} granted`);
      }
    }
  }
}
