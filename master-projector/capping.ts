import { CAPPED_MAX } from "#core/events/delivery";
import { worldsOf } from "#core/fold/sessions";
import type { Instance, State, Stock } from "#core/fold/state";
import type { InstanceId } from "#core/ids";
import { type ResourceKey, resourceKey } from "#core/resource";
import { type Cap, CapRules, isCapped, isExact } from "#core/storage-cap";

/**
 * Which resources storage has enough of, and who is to hear of it (ADR 0046). A cap asks worlds to stop; it refuses nothing:
 * what was on its way is credited, so a level may stand above its cap.
 *
 * CP1 What is capped follows from the levels that the ledger holds and from what was capped before (SC2). The latter is
 *     remembered here only: a new leader takes a level between `resume` and `cap` for one that is still rising.
 * CP2 An instance is told of what its worlds have exported before, and of what a rule names by its key. One in debt is not told:
 *     what it exports repays that first, and raises no level.
 */
export class Capping {
  #rules: CapRules | undefined;
  readonly #caps = new Map<ResourceKey, Cap | undefined>();
  readonly #capped = new Set<ResourceKey>();

  /**
   * Looks at levels that changed, and at all when the rules did. The instances whose list is another one now.
   * `stocks`: those whose level the ledger has taken in since the last look.
   */
  look(state: State, stocks: Iterable<Stock>): Set<InstanceId> {
    const changed: ResourceKey[] = [];
    for (const key of this.#toLookAt(state, stocks)) if (this.#judge(key, state)) changed.push(key);
    const told = new Set<InstanceId>();
    if (changed.length === 0) return told;
    for (const instance of state.instances.values())
      if (changed.some((key) => this.#concerns(state, instance, key))) told.add(instance.id);
    return told;
  }

  #toLookAt(state: State, stocks: Iterable<Stock>): Set<ResourceKey> {
    if (this.#rules?.policies === state.policies) return new Set([...stocks].map(({ key }) => key));
    this.#rules = new CapRules(state.policies);
    this.#caps.clear();
    const named = [...this.#rules.named].map(resourceKey);
    return new Set([...state.stocks.keys(), ...this.#capped, ...named]);
  }

  /** True when it is capped now and was not, or the other way round. */
  #judge(key: ResourceKey, state: State): boolean {
    const cap = this.capOf(key);
    const before = this.#capped.has(key);
    const now = cap !== undefined && isCapped(cap, state.stocks.get(key)?.storage ?? 0, before);
    if (now) this.#capped.add(key);
    else this.#capped.delete(key);
    return now !== before;
  }

  capOf(key: ResourceKey): Cap | undefined {
    if (!this.#caps.has(key)) this.#caps.set(key, this.#rules?.capFor(key));
    return this.#caps.get(key);
  }

  has(key: ResourceKey): boolean {
    return this.#capped.has(key);
  }

  /** CP2 */
  #concerns(state: State, instance: Instance, key: ResourceKey): boolean {
    const accounts = worldsOf(state, instance).flatMap((world) => world.accounts.get(key) ?? []);
    if (accounts.some(({ debt }) => debt > 0)) return false;
    const cap = this.capOf(key);
    return cap === undefined || isExact(cap.pattern) || accounts.some(({ exported }) => exported > 0);
  }

  /** What an instance is not to export now. */
  of(state: State, instance: Instance): ResourceKey[] {
    const keys = [...this.#capped].filter((key) => this.#concerns(state, instance, key)).sort();
    return keys.slice(0, CAPPED_MAX);
  }
}
