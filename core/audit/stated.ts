import type { Finding } from "#core/audit/finding";
import type { Fact } from "#core/events/fact-decoder";
import type { State, World } from "#core/fold/state";
import type { ResourceKey } from "#core/resource";

/**
 * What worlds with an open session themselves last stated, from their facts in EVENTS, against the ledger (V13). It shares
 * nothing with the fold but the facts' shape: within a session totals only rise, so the newest total is the largest.
 *
 * Facts are taken from the newest to the oldest. A world is known once every total that the ledger has of it was stated,
 * or its session's beginning, which states all of them, was read.
 */
interface Statement {
  readonly world: World;
  readonly exported: Map<string, number>;
  readonly received: Map<string, number>;
  /** Parts of the session's beginning that are still to come; undefined while none was seen. */
  missingParts: number | undefined;
}

const NAMES = ["exported", "received"] as const;

export class Stated {
  readonly #statements = new Map<string, Statement>();

  constructor(state: State) {
    for (const world of state.worlds.values()) {
      if (!world.open) continue;
      const instance = state.instances.get(world.instance);
      if (instance === undefined) continue;
      const statement = { world, exported: new Map(), received: new Map(), missingParts: undefined };
      this.#statements.set(`${instance.slave}/${instance.epoch}/${world.id}/${world.token}`, statement);
    }
  }

  /** Takes an older fact than all before. What the fold ignores (another token, slave or epoch) is ignored. */
  take(fact: Fact): void {
    const { data } = fact;
    // Its totals are the parent's.
    if (fact.type === "world-adopted") return;
    const statement = this.#statements.get(`${fact.slave}/${data.epoch}/${data.world}/${data.token}`);
    if (statement === undefined || statement.missingParts === 0) return;
    if (fact.type === "world-reported" && isRefused(fact.data)) return;
    for (const name of NAMES) {
      for (const [key, total] of Object.entries(data[name])) {
        if (total > (statement[name].get(key) ?? 0)) statement[name].set(key, total);
      }
    }
    if (fact.type === "world-synced") statement.missingParts = (statement.missingParts ?? fact.data.parts ?? 1) - 1;
  }

  /** True when older facts can tell nothing more. */
  get known(): boolean {
    return [...this.#statements.values()].every(isKnown);
  }

  /** Worlds of which EVENTS does not hold enough. */
  get unknown(): string[] {
    return [...this.#statements.values()].filter((one) => !isKnown(one)).map(({ world }) => world.id);
  }

  /** The first difference; and how much was compared. */
  compare(at: { readonly seq: number; readonly round: number }): {
    readonly finding: Finding | undefined;
    readonly worlds: number;
    readonly totals: number;
  } {
    let [worlds, totals] = [0, 0];
    for (const statement of this.#statements.values()) {
      if (!isKnown(statement)) continue;
      worlds++;
      const { world } = statement;
      for (const name of NAMES) {
        for (const key of new Set<string>([...world.accounts.keys(), ...statement[name].keys()])) {
          const account = world.accounts.get(key as ResourceKey);
          const holds = account?.[name] ?? 0;
          const said = statement[name].get(key) ?? 0;
          totals++;
          if (holds === said) continue;
          const expected = `${name} ${said}, as the world last stated`;
          const where = { rule: "worlds", ...at, resource: key, world: world.id } as const;
          return { finding: { ...where, expected, found: `${name} ${holds} in the ledger` }, worlds, totals };
        }
      }
    }
    return { finding: undefined, worlds, totals };
  }
}

const isRefused = (data: (Fact & { type: "world-reported" })["data"]): boolean =>
  Object.keys(data.wanted).some((key) => data.received[key] === undefined);

const isKnown = ({ world, missingParts, ...statement }: Statement): boolean => {
  if (missingParts === 0) return true;
  for (const [key, account] of world.accounts) {
    for (const name of NAMES) if (account[name] > 0 && !statement[name].has(key)) return false;
  }
  return true;
};
