import type { Declarations, Names } from "#sim/factorio/test/declarations";

/** What `Game.offered` returns. */
export interface Offered {
  readonly classes: Readonly<Record<string, OfferedClass>>;
  readonly defines: Names;
  readonly globals: readonly string[];
}

export interface OfferedClass {
  /** {} when there is none: the game writes an empty list so. */
  readonly read: readonly string[] | object;
  readonly write: readonly string[] | object;
  readonly method: readonly string[] | object;
  readonly at: boolean;
  readonly length: boolean;
  readonly has_valid: boolean;
}

const list = (names: readonly string[] | object): readonly string[] => (Array.isArray(names) ? names : []);

export const membersOf = (offered: OfferedClass) => ({
  read: list(offered.read),
  write: list(offered.write),
  method: list(offered.method),
});

/** What is offered and is not in the game's interface, or is there in another way: as method or attribute, to read or write. */
export const strangersAmong = (offered: Offered, declarations: Declarations): string[] => {
  const wrong: string[] = [];
  for (const [name, entry] of Object.entries(offered.classes)) {
    if (name === "LuaCustomTable") continue; // a type alias with operators only
    const declared = declarations.members(name);
    if (!declared) {
      wrong.push(name);
      continue;
    }
    const { read, write, method } = membersOf(entry);
    const check = (member: string, good: boolean | undefined) => good || wrong.push(`${name}.${member}`);
    for (const member of read)
      check(member, declared.get(member)?.kind === "property" && declared.get(member)?.readable);
    for (const member of write)
      check(member, declared.get(member)?.kind === "property" && declared.get(member)?.writable);
    for (const member of method) check(member, declared.get(member)?.kind === "method");
    if (entry.at) check("[]", declared.has("[]"));
    if (entry.length) check("length", declared.has("length"));
    check("valid", entry.has_valid === declared.has("valid"));
    check("object_name", declared.has("object_name"));
  }
  return wrong;
};

/** "Class.member" of everything that is offered, sorted; [] and length are the operators. */
export const offeredMembers = (offered: Offered): string[] =>
  Object.entries(offered.classes)
    .flatMap(([name, entry]) => {
      const { read, write, method } = membersOf(entry);
      const operators = [
        ...(entry.at ? ["[]"] : []),
        ...(entry.length ? ["length"] : []),
        ...(entry.has_valid ? ["valid"] : []),
      ];
      return [...new Set([...read, ...write, ...method, ...operators])].map((member) => `${name}.${member}`);
    })
    .sort();
