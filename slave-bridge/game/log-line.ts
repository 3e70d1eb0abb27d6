/**
 * What a line of the server's output means to the supervisor. Only words are matched, never line numbers of its sources,
 * which move with versions.
 */
export type LogAnchor = "ready" | "rcon" | "saving" | "saved" | "failed";

/** Their order matters where one line fits two. */
const ANCHORS: readonly (readonly [RegExp, LogAnchor])[] = [
  [/changing state from\(CreatingGame\) to\(InGame\)/, "ready"],
  [
    /to\((?:InitializationFailed|Failed)\)|\bMultiplayerManager failed\b|\bHost address is already in use\b|\bCan't bind socket\b/,
    "failed",
  ],
  [/Starting RCON interface at /, "rcon"],
  [
    /\bSaving to \S+ \((?:non-)?blocking\)|\bSaving game as |\bSaving map as |from\(InGame\) to\(InGameSavingMap\)/,
    "saving",
  ],
  [/\bSaving finished\b|\bSaving progress: 100(?:\.0+)?%|from\(InGameSavingMap\) to\(InGame\)/, "saved"],
];

/** What people and scripts write stands behind such a head: `2026-08-02 02:16:35 [CHAT] name: text`. */
const DATED = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[/;
/** `   0.567 ` before everything that the server itself says. */
const SECONDS = /^\s*\d+\.\d{3} /;

/** Undefined for a line that means nothing here, also for chat or Lua output that imitates one that does. */
export const anchorOf = (line: string): LogAnchor | undefined => {
  if (DATED.test(line) || !SECONDS.test(line)) return undefined;
  for (const [pattern, anchor] of ANCHORS) if (pattern.test(line)) return anchor;
  return undefined;
};
