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

/** A member without its class, its sentence, and what the Lua returns. */
type Row = readonly [name: string, says: string, ...gives: unknown[]];

/** Members of one class that one piece of Lua serves: NAME in it is the member, VALUE the last of what it returns. */
export const alike = (className: string, lua: string, rows: readonly Row[]): readonly Contract[] =>
  rows.map(([name, says, ...gives]) => ({
    member: `${className}.${name}`,
    says,
    lua: lua.replaceAll("NAME", name).replaceAll("VALUE", JSON.stringify(gives.at(-1))),
    gives,
  }));

/** What an attribute of `o` is at first, and that it then is what was written. */
export const WRITTEN = "local before = o.NAME o.NAME = VALUE return before, o.NAME";
