import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { DEFAULT_LINE, type GameLine } from "#sim/factorio/game-version";

/** One member of a declared interface. */
export interface Member {
  readonly kind: "method" | "property";
  readonly optional: boolean;
  readonly readable: boolean;
  readonly writable: boolean;
  /** The doc comment as one line of plain words. */
  readonly doc: string;
}

export type Members = ReadonlyMap<string, Member>;

/** What is used of the TypeScript compiler that lua-mod has. */
interface Node {
  readonly kind: number;
  readonly name?: { readonly text?: string; readonly escapedText?: string };
  readonly questionToken?: object;
  readonly modifiers?: readonly Node[];
  readonly members?: readonly Node[];
  readonly heritageClauses?: readonly {
    readonly types: readonly { readonly expression: { readonly escapedText?: string } }[];
  }[];
  readonly jsDoc?: readonly { getText(): string }[];
  readonly body?: Node;
  readonly statements?: readonly Node[];
  readonly declarationList?: { readonly declarations: readonly Node[] };
  readonly initializer?: { readonly text?: string };
  readonly type?: Node;
}
interface Compiler {
  createSourceFile(name: string, text: string, target: number, parents: boolean): Node;
  forEachChild(node: Node, visit: (child: Node) => void): void;
  readonly SyntaxKind: Readonly<Record<string, number>>;
}

const luaMod = join(__dirname, "../../../lua-mod");
const load = createRequire(join(luaMod, "package.json"));
const compiler = load("typescript") as Compiler;
const kinds = compiler.SyntaxKind;
/** Where each game line's interface is declared. */
const PACKAGES: Readonly<Record<GameLine, string>> = { "2.0": "typed-factorio-2.0", "2.1": "typed-factorio" };

const parse = (file: string, line: GameLine = DEFAULT_LINE): Node => {
  const types = dirname(load.resolve(`${PACKAGES[line]}/package.json`));
  return compiler.createSourceFile(file, readFileSync(join(types, file), "utf8"), 99, true);
};

const nameOf = (node: Node): string => node.name?.text ?? node.name?.escapedText ?? "";

/** Links become their text, stars and line breaks go. */
const plain = (comment: string): string =>
  comment
    .replace(/^\/\*\*|\*\/$/g, "")
    .replace(/^[ \t]*\* ?/gm, "")
    .replace(
      /\{@link(?:plain)? \S+?(?: ([^}]*))?\}/g,
      (all, text: string | undefined) => text ?? all.slice(7, -1).trim(),
    )
    .replace(/\s+/g, " ")
    .trim();

interface Declared {
  readonly members: Map<string, Member>;
  readonly parents: string[];
}

const addMember = (members: Map<string, Member>, node: Node): void => {
  const name = nameOf(node);
  const known = members.get(name);
  const readonly = node.modifiers?.some((modifier) => modifier.kind === kinds.ReadonlyKeyword) ?? false;
  const doc = [known?.doc ?? "", ...(node.jsDoc ?? []).map((comment) => plain(comment.getText()))].join(" ").trim();
  if (node.kind === kinds.MethodSignature) {
    members.set(name, { kind: "method", optional: false, readable: true, writable: false, doc });
  } else if (node.kind === kinds.PropertySignature) {
    members.set(name, {
      kind: "property",
      optional: node.questionToken !== undefined,
      readable: true,
      writable: !readonly,
      doc,
    });
  } else if (node.kind === kinds.GetAccessor || node.kind === kinds.SetAccessor) {
    const reads = node.kind === kinds.GetAccessor || (known?.readable ?? false);
    const writes = node.kind === kinds.SetAccessor || (known?.writable ?? false);
    members.set(name, { kind: "property", optional: false, readable: reads, writable: writes, doc });
  } else if (node.kind === kinds.IndexSignature) {
    members.set("[]", { kind: "property", optional: false, readable: true, writable: !readonly, doc });
  }
};

/** Every interface of a declaration file with inherited members. */
export class Declarations {
  readonly #declared = new Map<string, Declared>();

  constructor(files: readonly string[], line: GameLine) {
    for (const file of files) this.#collect(parse(file, line));
  }

  /** The names of the game's classes, the elements of a GUI as one. */
  classes(): string[] {
    const names = [...this.#declared.keys()].filter(
      (name) => /^Lua[A-Z]/.test(name) && this.members(name)?.has("object_name"),
    );
    return [...names, "LuaGuiElement"].sort().filter((name, i, all) => all.indexOf(name) === i);
  }

  /** Undefined when there is no such interface. The elements of a GUI are one class in the game, an interface each here. */
  members(name: string): Members | undefined {
    if (name === "LuaGuiElement") return this.#union(/^(?:.*GuiElementMembers|GuiElementIndexer)$/);
    const own = this.#declared.get(name);
    if (!own) return undefined;
    return new Map([...own.parents.flatMap((parent) => [...(this.members(parent) ?? [])]), ...own.members]);
  }

  #union(pattern: RegExp): Members {
    const all = [...this.#declared.keys()].filter((name) => pattern.test(name));
    return new Map(all.flatMap((name) => [...(this.members(name) ?? [])]));
  }

  #collect(node: Node): void {
    if (node.kind === kinds.InterfaceDeclaration) {
      const entry: Declared = this.#declared.get(nameOf(node)) ?? { members: new Map(), parents: [] };
      for (const member of node.members ?? []) addMember(entry.members, member);
      for (const clause of node.heritageClauses ?? []) {
        entry.parents.push(...clause.types.map((type) => type.expression.escapedText ?? ""));
      }
      this.#declared.set(nameOf(node), entry);
    }
    compiler.forEachChild(node, (child) => this.#collect(child));
  }
}

/** The names in `defines`, as nested maps; a leaf is true. */
export interface Names {
  readonly [name: string]: Names | true;
}

const namesIn = (node: Node): Names => {
  const names: Record<string, Names | true> = {};
  const visit = (child: Node): void => {
    if (child.kind === kinds.EnumDeclaration || child.kind === kinds.ModuleDeclaration) {
      const inner = child.kind === kinds.EnumDeclaration ? enumNames(child) : namesIn(child);
      names[nameOf(child)] = {
        ...(typeof names[nameOf(child)] === "object" ? (names[nameOf(child)] as Names) : {}),
        ...inner,
      };
    } else if (child.kind === kinds.VariableStatement) {
      for (const declaration of child.declarationList?.declarations ?? []) names[nameOf(declaration)] = true;
    } else compiler.forEachChild(child, visit);
  };
  compiler.forEachChild(node, visit);
  return names;
};

const enumNames = (node: Node): Names =>
  Object.fromEntries((node.members ?? []).map((member) => [nameOf(member), true]));

const RUNTIME = ["classes", "concepts", "events"].map((name) => `runtime/generated/${name}.d.ts`);
export const runtimeDeclarations = (line: GameLine = DEFAULT_LINE) => new Declarations(RUNTIME, line);
export const prototypeDeclarations = (line: GameLine = DEFAULT_LINE) =>
  new Declarations(["prototype/generated/prototypes.d.ts"], line);
export const declaredDefines = (line: GameLine = DEFAULT_LINE): Names =>
  namesIn(parse("runtime/generated/defines.d.ts", line));

/** The names in `defines` with numbers: the declared ones, else counted. `defines.events` counts through. */
export interface Defines {
  readonly [name: string]: number | Defines;
}

const enumNumbers = (node: Node): Defines => {
  let next = 0;
  return Object.fromEntries(
    (node.members ?? []).map((member) => {
      const given = member.initializer?.text;
      if (given !== undefined) next = Number(given);
      return [nameOf(member), next++] as const;
    }),
  );
};

const numbersIn = (node: Node): Defines => {
  const numbers: Record<string, number | Defines> = {};
  let next = 0;
  const visit = (child: Node): void => {
    if (child.kind === kinds.EnumDeclaration || child.kind === kinds.ModuleDeclaration) {
      const known = numbers[nameOf(child)];
      const inner = child.kind === kinds.EnumDeclaration ? enumNumbers(child) : numbersIn(child);
      numbers[nameOf(child)] = { ...(typeof known === "object" ? known : {}), ...inner };
    } else if (child.kind === kinds.VariableStatement) {
      for (const declaration of child.declarationList?.declarations ?? []) {
        if (nameOf(declaration) !== "prototypes") numbers[nameOf(declaration)] = next++;
      }
    } else compiler.forEachChild(child, visit);
  };
  compiler.forEachChild(node, visit);
  return numbers;
};

const definesFile = (line: GameLine): Node => parse("runtime/generated/defines.d.ts", line);

export const declaredNumbers = (line: GameLine = DEFAULT_LINE): Defines => {
  const { global } = numbersIn(definesFile(line)) as { global: { defines: Defines } };
  return global.defines;
};

/** Every prototype type by the kind of thing that it makes: `defines.prototypes`. */
export const prototypeTypes = (line: GameLine = DEFAULT_LINE): Names => {
  const types: Record<string, Names> = {};
  const namesOf = (node: Node): Names =>
    Object.fromEntries((node.members ?? []).map((member) => [nameOf(member), true]));
  const visit = (node: Node): void => {
    if (node.kind === kinds.InterfaceDeclaration && nameOf(node) === "prototypes") {
      for (const member of node.members ?? []) if (member.type) types[nameOf(member)] = namesOf(member.type);
    } else compiler.forEachChild(node, visit);
  };
  visit(definesFile(line));
  return types;
};
