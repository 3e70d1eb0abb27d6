import { nonZero, PlainMod } from "#sim/cluster/plain-mod";
import { add, lookAt, newState, PlainSave, type PlainState } from "#sim/cluster/plain-save";
import {
  type Amounts,
  amountIn,
  type Games,
  type Look,
  type Opening,
  RESOURCES,
  type Save,
  type World,
} from "#sim/cluster/world";

/** Items that the engine throws away because their prototypes are gone count as consumed. */
const dropUnknown = (state: PlainState): void => {
  for (const key of state.untakeable) {
    for (const place of [state.stock, state.exportChest, state.importChest]) {
      add(state.consumed, key, amountIn(place, key));
      delete place[key];
    }
    if (state.request[key] !== undefined) state.request[key] = 0;
  }
};

/** A world in plain TypeScript that keeps the mod's contract: thousands of histories in minutes. */
class PlainWorld implements World {
  readonly #state: PlainState;
  readonly #mod: PlainMod;
  /** Somebody did something since the last tick. */
  #stirred = true;
  /** The next tick in which something happens by itself, as found since then. */
  #due: number | undefined;

  constructor(state: PlainState, { untakeable, onLine }: Opening) {
    this.#state = state;
    const before = state.untakeable.join();
    state.untakeable = [...untakeable].sort();
    dropUnknown(state);
    this.#mod = new PlainMod(state, onLine);
    if (state.untakeable.join() !== before) this.#mod.configurationChanged();
  }

  look(): Look {
    return lookAt(this.#state);
  }

  save(): Save {
    return new PlainSave(new PlainSave(this.#state).state());
  }

  command(text: string): string {
    this.#stirred = true;
    return this.#mod.command(text);
  }

  /** Only the ticks in which something happens are gone through. */
  pass(ticks: number): void {
    const state = this.#state;
    const end = state.tick + ticks;
    while (state.tick < end) {
      const due = this.#stirred ? state.tick + 1 : this.#nextDue();
      if (due > end) {
        state.tick = end;
        return;
      }
      state.tick = due;
      this.#stirred = false;
      this.#due = undefined;
      this.#mod.tick();
    }
  }

  #nextDue(): number {
    this.#due ??= this.#mod.nextDue();
    return this.#due;
  }

  produce(key: string, n: number): number {
    if (this.#state.untakeable.includes(key)) return 0;
    add(this.#state.stock, key, n);
    add(this.#state.produced, key, n);
    return n;
  }

  collect(key: string, n: number): number {
    return this.#move(key, n, this.#state.stock, this.#state.exportChest);
  }

  request(key: string, level: number): void {
    if (this.#state.untakeable.includes(key)) return;
    this.#state.request[key] = level;
    this.#state.unread = true;
    this.#stirred = true;
  }

  consume(key: string, n: number): number {
    return this.#move(key, n, this.#state.importChest, this.#state.consumed);
  }

  carry(key: string, n: number): number {
    return this.#move(key, n, this.#state.importChest, this.#state.stock);
  }

  giveBack(key: string): number {
    const spare = amountIn(this.#state.importChest, key) - amountIn(this.#state.request, key);
    return this.#move(key, Math.max(0, spare), this.#state.importChest, this.#state.exportChest);
  }

  #move(key: string, n: number, from: Amounts, to: Amounts): number {
    const done = Math.min(n, amountIn(from, key));
    add(from, key, -done);
    if (done > 0) add(to, key, done);
    this.#stirred = true;
    return done;
  }

  forge(key: string, n: number): void {
    add(this.#state.stock, key, n);
  }

  close(): void {}
}

export const plainGames: Games = {
  resources: RESOURCES,
  newSave: (seed) => new PlainSave(newState(seed)),
  open: (save, opening) => new PlainWorld(PlainSave.of(save).state(), opening),
  forget: (save) => {
    const { seed, tick, stock, request } = PlainSave.of(save).state();
    const held = nonZero(stock);
    return new PlainSave({ ...newState(seed), tick, stock, request, produced: held });
  },
  asOrigin: (save) => {
    const plain = PlainSave.of(save);
    return new PlainSave({ ...plain.state(), produced: nonZero(plain.held), consumed: {} });
  },
};
