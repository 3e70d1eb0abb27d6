import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { nodeDisk } from "#core/adapters/node-disk";
import { packageRoot } from "#core/adapters/package-root";
import { sha256Hex } from "#core/digest";
import { allFormats, parseGolden, recordAll, textOf } from "#sim/cluster/golden";

/**
 * `npm run golden -- --add NAME`: records histories for every released format that no golden has yet (with `--all`, for all
 * of them) into test/golden, and lists their hashes there. `NAME` is the version that writes them.
 */
const FOLDER = join(packageRoot(), "test", "golden");
const HASHES = join(FOLDER, "HASHES");
const SEEDS = 400;
const STEPS = 100;
const ENDING = ".ndjson.gz";

const say = (text: string): void => void process.stderr.write(`${text}\n`);

const recorded = async (): Promise<Set<string>> => {
  const formats = new Set<string>();
  for (const name of (await nodeDisk.list(FOLDER)).filter((each) => each.endsWith(ENDING))) {
    const bytes = await nodeDisk.read(join(FOLDER, name));
    for (const format of parseGolden(gunzipSync(bytes!).toString()).head.formats) formats.add(format);
  }
  return formats;
};

/** Readable for everybody, as every file of the repository. */
const write = (path: string, bytes: Uint8Array): Promise<void> => nodeDisk.write(path, bytes, 0o644);

const main = async (): Promise<void> => {
  const name = process.argv[process.argv.indexOf("--add") + 1] ?? "";
  if (!process.argv.includes("--add") || !/^[0-9a-z][0-9a-z.-]*$/.test(name)) {
    say("usage: npm run golden -- --add NAME [--all]   NAME: the version that writes them, like 0.2");
    process.exitCode = 2;
    return;
  }
  const known = process.argv.includes("--all") ? new Set() : await recorded();
  const wanted = allFormats().filter((format) => !known.has(format));
  if (wanted.length === 0)
    return say("every released format has a golden history: nothing to add (--all: record anew)");
  say(`recording ${wanted.join(", ")}…`);
  const { goldens, missing } = await recordAll(name, wanted, { seeds: SEEDS, steps: STEPS });
  for (const golden of goldens) {
    const file = `${golden.head.name}${ENDING}`;
    const path = join(FOLDER, file);
    if ((await nodeDisk.read(path)) !== undefined) throw new Error(`${file} is there already: a golden never changes`);
    const bytes = gzipSync(textOf(golden), { level: 9 });
    await write(path, bytes);
    const hashes = new TextDecoder().decode(await nodeDisk.read(HASHES));
    await write(HASHES, new TextEncoder().encode(`${hashes}${sha256Hex(bytes)}  ${file}\n`));
    say(`${file}: ${golden.messages.length} messages, ${bytes.length} bytes`);
  }
  if (missing.length === 0) return;
  say(`no history of ${SEEDS} seeds has ${missing.join(", ")}`);
  process.exitCode = 1;
};

void main();
