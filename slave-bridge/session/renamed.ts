/** Characters of what was renamed in one line for people: a big mod renames hundreds. */
const TEXT_MAX = 2_000;

/**
 * What an operator is told of things that mods gave another name in a save; "" when there are none. What storage has under the
 * old name stays there, since other worlds may still know it, until the operator renames it (docs/adr/0050).
 */
export const renamedText = (renamed: ReadonlyMap<string, string>): string => {
  if (renamed.size === 0) return "";
  const text = [...renamed].map(([from, to]) => `${from} is now ${to}`).join(", ");
  const said = text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)} …` : text;
  return `by a mod's migration ${said}; storage keeps the old names until an operator renames them`;
};
