import type { Names } from "#sim/factorio/test/declarations";

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
