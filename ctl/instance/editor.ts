import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { badInput } from "#core/errors";

/** An adapter: a text in somebody's editor, in a folder that only he can read. */

const run = (command: string, path: string): Promise<number | null> =>
  new Promise((resolve, reject) => {
    // $EDITOR may have arguments, as for git.
    const child = spawn("/bin/sh", ["-c", `${command} "$1"`, "sh", path], { stdio: ["inherit", 2, "inherit"] });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code));
  });

/** What the editor left. @throws ClusterioError `bad-input` when it could not be run, or failed. */
export const editText = async (text: string, name: string): Promise<string> => {
  const { VISUAL, EDITOR } = process.env;
  const command = VISUAL || EDITOR || "vi";
  const folder = await mkdtemp(join(tmpdir(), "clusterio-"));
  const path = join(folder, name);
  try {
    await writeFile(path, text, { mode: 0o600 });
    const code = await run(command, path);
    if (code !== 0) throw badInput(`the editor "${command}" ended with ${code ?? "a signal"}: nothing was changed`);
    return await readFile(path, "utf8");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
