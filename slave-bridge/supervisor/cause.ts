import type { Exit } from "#bridge/supervisor/server";

/**
 * Why a game ended, out of its last lines and how its process ended: what an operator can do something about. Pure. Only words
 * are matched that the game has kept over versions; a cause that is not known is none.
 */
export type CauseKind = "version" | "port" | "lock" | "disk" | "memory" | "binary" | "mods" | "save" | "crash";

export interface Cause {
  readonly kind: CauseKind;
  /** What it is and what to do, for a person. */
  readonly says: string;
}

/** The first that fits counts: a version that is too new is also a save that does not load. */
const KNOWN: readonly (readonly [CauseKind, RegExp, string])[] = [
  [
    "version",
    /\bcannot be loaded because it is higher than the game version\b|\bthe save was made by version\b|\bMap version \S+ cannot be loaded\b/i,
    "the save was written by another version of the game: give the instance that version, or another save",
  ],
  [
    "lock",
    /\bIs another instance already running\b/,
    "another game has this instance's folder: end that process, or wait for it",
  ],
  ["disk", /\bNo space left on device\b|\bDisk quota exceeded\b/i, "the disk is full: make room where the saves are"],
  [
    "port",
    /\bCan't bind socket: Permission denied\b/,
    "a port below 1024 needs a right that this user does not have: setcap cap_net_bind_service, or another port",
  ],
  [
    "port",
    /\bHost address is already in use\b|\bAddress already in use\b/,
    "its port is taken by another program: end that, or give the instance another port",
  ],
  ["memory", /\bstd::bad_alloc\b|\bOut of memory\b|\bCouldn't allocate\b/i, "it ran out of memory"],
  [
    "binary",
    /\berror while loading shared libraries\b|\bExec format error\b|\bcannot execute\b/i,
    "its program cannot run on this machine: install the game anew, for this processor",
  ],
  [
    "mods",
    /\bFailed to load mods?\b|\bcaused a non-recoverable error\b|\bis for Factorio \d|\bError while running event\b|\bModManager\b.*\bError\b/i,
    "a mod is at fault: disable it, or take a version of it that goes with this game",
  ],
  [
    "save",
    /\b(?:error while loading|couldn't load|failed to load|loading of|cannot load|can't load) (?:the )?(?:map|save|level)\b|\blevel(?:-init)?\.dat\d* (?:is missing|not found)\b|\bnot a zip\b|\bzip (?:archive|file) is (?:corrupt|invalid)|\bcorrupt(?:ed)? (?:map|save|zip)\b|\bis missing in the save\b|\bunexpected end of (?:file|stream|archive)\b/i,
    "its save does not load",
  ],
];

const KILLED_BY_SYSTEM =
  "somebody else than the bridge killed it, as a rule the system because its memory was full (journalctl -k says so)";

const exitCause = ({ code, signal }: Exit): Cause | undefined => {
  if (signal === "SIGKILL") return { kind: "memory", says: KILLED_BY_SYSTEM };
  if (code === 126 || code === 127)
    return { kind: "binary", says: "its program cannot be run: is it whole, and may this user execute it?" };
  if (signal === "SIGSEGV" || signal === "SIGABRT" || signal === "SIGBUS" || signal === "SIGILL" || signal === "SIGFPE")
    return { kind: "crash", says: "the game itself crashed: its report is in crashes/ of the instance's folder" };
  return undefined;
};

/** What people and mods' scripts print is no word of the game. */
const SOMEBODYS = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[|^\s*\d+\.\d{3} Script /;

/** Undefined when nothing is known. The lines count first: they say more. */
export const causeOf = (exit: Exit): Cause | undefined => {
  const lines = exit.lastLines.filter((line) => !SOMEBODYS.test(line));
  for (const [kind, pattern, says] of KNOWN) {
    const line = lines.find((text) => pattern.test(text));
    if (line !== undefined) return { kind, says };
  }
  return exitCause(exit);
};
