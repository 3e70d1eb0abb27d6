/** What may import what, and who may touch the machine: rules as functions of one source's text (test/layering.test.ts). */
export interface Source {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
}

/** The spelling of each folder in subpath imports. */
const ALIASES: Readonly<Record<string, string>> = {
  "#core": "core",
  "#projector": "master-projector",
  "#bridge": "slave-bridge",
  "#ctl": "ctl",
  "#sim": "sim",
  "#bench": "bench",
  "#test": "test",
};

/** What a folder may import besides itself. The longest folder that fits counts. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  "master-projector": ["core"],
  "slave-bridge": ["core"],
  ctl: ["core"],
  web: ["core"],
  sim: ["core"],
  // The deterministic simulation runs the shipped code.
  "sim/cluster": ["core", "sim", "master-projector", "slave-bridge"],
  // The bridge's import payload is a pure codec; daemons are measured as processes.
  bench: ["core", "sim", "ctl", "slave-bridge"],
};

/** Adapters: the only sources that read clocks, draw lots, and open files, sockets and processes. */
const ADAPTERS = [
  /^core\/adapters\//,
  // Ends processes, and so has a deadline.
  /^core\/lifecycle\.ts$/,
  /^master-projector\/(?:adapters\/|program\.ts$)/,
  /^slave-bridge\/(?:game\/|rcon\/|program\.ts$|install\.ts$|package-root\.ts$)/,
  // A shell around pure parts; a person waits for it.
  /^ctl\//,
  // A program that stands for the game.
  /^sim\/factorio\//,
  // Runs histories in threads, and says how fast.
  /^sim\/soak\//,
  // Runs histories in threads.
  /^sim\/cluster\/mutations\//,
  /^bench\//,
];

const isTest = (path: string): boolean => /\.test\.ts$|(?:^|\/)test\//.test(path);

/** Everything that a source imports, in order. */
export const importsIn = (text: string): string[] => {
  const clean = withoutComments(text);
  const found = clean.matchAll(/(?:\bfrom\s*|\bimport\s*\(\s*|\brequire\s*\(\s*|\bimport\s+)["']([^"'\n]+)["']/g);
  return [...found].map((match) => match[1] ?? "");
};

const layerOf = (path: string): string | undefined =>
  Object.keys(MAY_IMPORT)
    .filter((folder) => path.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length)[0];

/** The imports of a source that its layer may not have. */
export const layerProblems = ({ path, text }: Source): string[] => {
  const layer = layerOf(path);
  const folder = path.split("/")[0] ?? "";
  if (layer === undefined) return [];
  const allowed = [folder, ...(MAY_IMPORT[layer] ?? [])];
  if (isTest(path)) allowed.push("test");
  return importsIn(text).flatMap((name) => {
    if (name.startsWith(".")) return [`${path} imports ${name}: write a path from the root, like #core/…`];
    if (!name.startsWith("#")) return [];
    const target = ALIASES[name.split("/")[0] ?? ""] ?? name;
    return allowed.includes(target) ? [] : [`${path} imports ${name}: ${layer} may import only ${allowed.join(", ")}`];
  });
};

const MACHINE: readonly (readonly [RegExp, string])[] = [
  [/(?<![.\w])Date\s*\.\s*now\b/, "Date.now"],
  [/\bnew\s+Date\s*\(\s*\)/, "new Date()"],
  [/(?<![.\w])(?<!new\s+)Date\s*\(/, "Date()"],
  [/\bMath\s*\.\s*random\b/, "Math.random"],
  [/(?<![.\w])performance\s*\.\s*now\b/, "performance.now"],
  [/(?<![.\w])(?:setTimeout|setInterval|setImmediate)\s*\(/, "a timer"],
  [/\bprocess\s*\.\s*hrtime\b/, "process.hrtime"],
  [/\bcrypto\s*\.\s*(?:random\w*|getRandomValues)\b/, "crypto randomness"],
];
const FORBIDDEN_MODULES =
  /^(?:node:)?(?:fs|net|dgram|tls|http|https|http2|child_process|worker_threads|cluster|os|dns|timers)(?:\/.*)?$/;
/** Members of node:crypto that are functions of their input: the rest is chance. */
const CRYPTO_IMPORT = /\bimport\s+(?:type\s+)?([^;]*?)\s*from\s*["'](?:node:)?crypto["']/g;
const HASHING =
  /^\{\s*(?:type\s+)?(?:createHash|createHmac|hash|timingSafeEqual|Hash)(?:\s*,\s*(?:type\s+)?(?:createHash|createHmac|hash|timingSafeEqual|Hash))*\s*,?\s*\}$/;

/** The machine's clock, chance, disk, network or processes in a source that is no adapter. */
export const chanceIn = ({ path, text }: Source): string[] => {
  if (isTest(path) || ADAPTERS.some((adapter) => adapter.test(path))) return [];
  const code = withoutTexts(withoutComments(text));
  const used = MACHINE.filter(([pattern]) => pattern.test(code)).map(([, what]) => what);
  const modules = importsIn(text).filter((name) => FORBIDDEN_MODULES.test(name));
  const crypto = [...withoutComments(text).matchAll(CRYPTO_IMPORT)].filter((match) => !HASHING.test(match[1] ?? ""));
  return [...used, ...modules, ...crypto.map(() => "node:crypto beyond hashing")].map(
    (what) => `${path} uses ${what}: that is a port (core/ports), used by adapters only`,
  );
};

/** Comments could name what they forbid. A "//" inside a text (an address) stays. */
const withoutComments = (text: string): string =>
  text.replace(
    /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    (_, kept) => kept ?? "",
  );

const withoutTexts = (text: string): string => text.replace(/"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, '""');
