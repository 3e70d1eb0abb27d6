/** What a mod's info.json says about another mod: `! name`, `? name >= 1.2`, `(?) name`, `~ name`, `+ name`, `name`. */
export interface Dependency {
  readonly name: string;
  readonly kind: "required" | "optional" | "conflict";
  /** Whether the other mod is loaded first; `~` says not. */
  readonly ordered: boolean;
  readonly comparison?: { readonly operator: Operator; readonly version: string };
}

type Operator = "<" | "<=" | "=" | ">=" | ">";

const PATTERN = /^(!|\?|\(\?\)|~|\+)?\s*([\w-]+(?: [\w-]+)*?)\s*(?:(<=|>=|<|>|=)\s*(\d+(?:\.\d+){1,2}))?$/;

export const parseDependency = (text: string): Dependency | undefined => {
  const match = PATTERN.exec(text.trim());
  if (!match) return undefined;
  const [, prefix, name = "", operator, version] = match;
  const kind =
    prefix === "!" ? "conflict" : prefix === "?" || prefix === "(?)" || prefix === "+" ? "optional" : "required";
  return {
    name,
    kind,
    ordered: prefix !== "~" && prefix !== "!",
    ...(operator !== undefined && version !== undefined && { comparison: { operator: operator as Operator, version } }),
  };
};

const numbers = (version: string): number[] => version.split(".").map(Number);

export const compareVersions = (a: string, b: string): number => {
  const [x, y] = [numbers(a), numbers(b)];
  for (let i = 0; i < 3; i += 1) {
    const difference = (x[i] ?? 0) - (y[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};

const satisfies = (version: string, wanted: Dependency["comparison"]): boolean => {
  if (!wanted) return true;
  const order = compareVersions(version, wanted.version);
  const tests: Record<Operator, boolean> = {
    "<": order < 0,
    "<=": order <= 0,
    "=": order === 0,
    ">=": order >= 0,
    ">": order > 0,
  };
  return tests[wanted.operator];
};

interface Loadable {
  readonly name: string;
  readonly version: string;
  readonly dependencies: readonly Dependency[];
}

/** Why these mods can't run together; [] when they can. */
export const problemsOf = (mods: readonly Loadable[]): string[] => {
  const active = new Map(mods.map((mod) => [mod.name, mod.version]));
  return mods.flatMap((mod) =>
    mod.dependencies.flatMap((dependency) => {
      const version = active.get(dependency.name);
      const label = `${mod.name} (${mod.version})`;
      if (dependency.kind === "conflict")
        return version === undefined ? [] : [`${label} is incompatible with ${dependency.name}`];
      if (version === undefined)
        return dependency.kind === "required" ? [`${label} is missing its dependency ${dependency.name}`] : [];
      if (satisfies(version, dependency.comparison)) return [];
      const { operator = "", version: wanted = "" } = dependency.comparison ?? {};
      return [`${label} needs ${dependency.name} ${operator} ${wanted}, found ${version}`];
    }),
  );
};

/** The game's load order: fewer layers of dependencies first, then by name. */
export const loadOrder = <T extends Loadable>(mods: readonly T[]): T[] => {
  const byName = new Map(mods.map((mod) => [mod.name, mod]));
  const depths = new Map<string, number>();
  const depth = (mod: T, above: readonly string[]): number => {
    const known = depths.get(mod.name);
    if (known !== undefined) return known;
    if (above.includes(mod.name)) throw new Error(`the mods ${[...above, mod.name].join(" -> ")} depend on each other`);
    const below = mod.dependencies
      .filter((dependency) => dependency.ordered)
      .flatMap((dependency) => byName.get(dependency.name) ?? []);
    const result = below.length === 0 ? 0 : 1 + Math.max(...below.map((other) => depth(other, [...above, mod.name])));
    depths.set(mod.name, result);
    return result;
  };
  return [...mods].sort(
    (a, b) => depth(a, []) - depth(b, []) || (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1),
  );
};
