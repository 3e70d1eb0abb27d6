/** One promise of the game's documentation, kept by the stand-in. */
export interface Contract {
  /** Class and member; `[]` and `length` are the operators. */
  readonly member: string;
  /** A sentence of the member's documentation, word for word; empty where the documentation says nothing. */
  readonly says: string;
  /** A piece of Lua (helpers: see prelude.ts) … */
  readonly lua: string;
  /** … and what it returns. */
  readonly gives: readonly unknown[];
}
