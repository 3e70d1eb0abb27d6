import { appendFileSync, readdirSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { badInput, messageOf } from "#core/errors";
import {
  type Arming,
  type Failpoint,
  type FailpointAction,
  firesAt,
  parseArming,
  parseFailpoints,
  requireFailpoint,
  setFailpointHook,
} from "#core/failpoints";

/**
 * Arms failpoints by two environment variables (docs/chaos.md); without them nothing is set and nothing is read.
 *
 * CLUSTERIO_FAILPOINTS      name=action[@N[+]],… for this process and those that it starts
 * CLUSTERIO_FAILPOINTS_DIR  a folder in which a file named like a point, holding an action, arms it for whoever comes by first:
 *                           the file is renamed to `<point>.fired`, so it fires once among all processes and their restarts. What
 *                           fired stands in `fired.log` there.
 */
const FIRED_LOG = "fired.log";
const STDERR = 2;

/** @throws ClusterioError `bad-input` for what cannot be understood, with a list of the points that there are. */
export const armFailpoints = (env: NodeJS.ProcessEnv): void => {
  const { CLUSTERIO_FAILPOINTS: text = "", CLUSTERIO_FAILPOINTS_DIR: dir = "" } = env;
  if (text === "" && dir === "") return;
  const fixed = parseFailpoints(text);
  if (dir !== "") checkFolder(dir);
  const visits = new Map<Failpoint, number>();
  const fromFolder = new FolderArmings(dir);
  setFailpointHook((point) => {
    const visit = (visits.get(point) ?? 0) + 1;
    visits.set(point, visit);
    const arming = fixed.get(point);
    const action = arming !== undefined && firesAt(arming, visit) ? arming.action : fromFolder.take(point);
    return action === undefined ? undefined : fire(point, action, dir);
  });
};

const checkFolder = (dir: string): void => {
  for (const name of namesIn(dir)) {
    if (name === FIRED_LOG || name.endsWith(".fired")) continue;
    const point = requireFailpoint(name);
    parseArming(point, readFileSync(join(dir, name), "utf8").trim());
  }
};

const namesIn = (dir: string): string[] => {
  try {
    return readdirSync(dir);
  } catch (error) {
    throw badInput(`CLUSTERIO_FAILPOINTS_DIR: ${messageOf(error)}`, error);
  }
};

class FolderArmings {
  /** Visits since a file was first seen, by its text: another text is another arming. */
  readonly #seen = new Map<Failpoint, { text: string; visits: number }>();

  constructor(private readonly dir: string) {}

  take(point: Failpoint): FailpointAction | undefined {
    if (this.dir === "") return undefined;
    const path = join(this.dir, point);
    const text = readIfThere(path);
    if (text === undefined) return undefined;
    const before = this.#seen.get(point);
    const seen = before?.text === text ? before : { text, visits: 0 };
    seen.visits++;
    this.#seen.set(point, seen);
    const arming: Arming = parseArming(point, text);
    if (!firesAt(arming, seen.visits)) return undefined;
    if (!arming.on && !claimed(path)) return undefined;
    return arming.action;
  }
}

const readIfThere = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
};

/** Of several processes one renames it. */
const claimed = (path: string): boolean => {
  try {
    renameSync(path, `${path}.fired`);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
};

/** Everything here is synchronous: nothing else of the process happens between the place and its end. */
const fire = (point: Failpoint, action: FailpointAction, dir: string): "drop" | undefined => {
  const line = `failpoint ${point} ${action.kind} ${process.pid}\n`;
  writeSync(STDERR, line);
  if (dir !== "") appendFileSync(join(dir, FIRED_LOG), line);
  switch (action.kind) {
    case "kill":
      process.kill(process.pid, "SIGKILL");
      return undefined;
    case "stop":
      process.kill(process.pid, "SIGSTOP");
      return undefined;
    case "exit":
      return process.exit(1);
    case "delay":
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, action.ms);
      return undefined;
    case "error":
      throw Object.assign(new Error(`ENOSPC: no space left on device (failpoint ${point})`), { code: "ENOSPC" });
    case "drop":
      return "drop";
  }
};
