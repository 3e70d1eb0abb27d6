import { readFileSync, writeFileSync } from "node:fs";
import type { GameLine } from "#sim/factorio/game-version";
import { packagePath } from "#sim/factorio/package-files";
import {
  type Defines,
  declaredNumbers,
  type Names,
  prototypeTypes,
  runtimeDeclarations,
} from "#sim/factorio/test/declarations";

/** What the stand-in knows of the game's whole interface, from typed-factorio: lua/interface/line-*.lua. */
const interfacePath = (line: GameLine): string =>
  packagePath(`sim/factorio/lua/interface/line-${line.replace(".", "-")}.lua`);

const HEAD = (
  line: GameLine,
) => `-- The names of Factorio ${line}'s whole interface, made from typed-factorio by test/write-interface.ts. Not edited by hand.
-- Enumerations: "path name=number …"; prototypes: "kind type …"; members: "Class member …".
`;

const enumerations = (defines: Defines, path: string): string[] => {
  const entries = Object.entries(defines);
  const numbers = entries.filter((entry): entry is [string, number] => typeof entry[1] === "number");
  const own = numbers.length === 0 ? [] : [`${path} ${numbers.map(([name, n]) => `${name}=${n}`).join(" ")}`];
  return [
    ...own,
    ...entries.flatMap(([name, inner]) =>
      typeof inner === "object" ? enumerations(inner, path === "" ? name : `${path}.${name}`) : [],
    ),
  ];
};

/** Numbers of the newer game where it has the name, so that a save of the older one means the same; others behind them. */
const alike = (own: Defines, newer: Defines): Defines => {
  const known = Object.values(newer).filter((inner) => typeof inner === "number");
  let next = Math.max(-1, ...known) + 1;
  return Object.fromEntries(
    Object.entries(own).map(([name, inner]) => {
      const other = newer[name];
      if (typeof inner === "object") return [name, alike(inner, typeof other === "object" ? other : {})];
      return [name, typeof other === "number" ? other : next++];
    }),
  );
};

const prototypes = (types: Names): string[] =>
  Object.entries(types).map(([kind, names]) => `${kind} ${Object.keys(names).join(" ")}`);

const members = (line: GameLine): string[] => {
  const declarations = runtimeDeclarations(line);
  return declarations
    .classes()
    .map(
      (name) =>
        `${name} ${[...(declarations.members(name)?.keys() ?? [])].filter((key) => /^\w+$/.test(key)).join(" ")}`,
    );
};

export const interfaceLua = (line: GameLine): string => {
  const block = (name: string, lines: readonly string[]) => `  ${name} = [[\n${lines.join("\n")}\n]],\n`;
  return `${HEAD(line)}return {
${block("defines", enumerations(alike(declaredNumbers(line), declaredNumbers()), ""))}${block("prototypes", prototypes(prototypeTypes(line)))}${block("members", members(line))}}
`;
};

export const readInterface = (line: GameLine): string => readFileSync(interfacePath(line), "utf8");
export const writeInterface = (line: GameLine): void => writeFileSync(interfacePath(line), interfaceLua(line));
