/**
 * A slave's way to the broker, or back: a connection, so what takes it keeps its order, also when the way becomes a shorter one.
 * What single messages suffer beyond that is the weather's.
 */
export class Route {
  /** How much longer than on others everything is under way (ms). */
  lagMs = 0;
  #freeAt = 0;

  /** How long what leaves now takes (ms). `lagging`: false when faults have stopped; what is under way is still not overtaken. */
  leave(now: number, lagging: boolean): number {
    this.#freeAt = Math.max(this.#freeAt, now + (lagging ? this.lagMs : 0));
    return this.#freeAt - now;
  }
}
