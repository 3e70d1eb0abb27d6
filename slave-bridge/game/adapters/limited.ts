import type { ProcessLimits } from "#bridge/game/port";

const KIB_PER_MIB = 1024;

/**
 * The same command under limits that need no right: the shell lowers its own, and becomes the game (same process, same number).
 * RLIMIT_DATA counts what a process can write to and nobody else sees, so that neither shared libraries nor room that is only
 * reserved count (docs/adr/0073).
 */
export const limited = (
  command: string,
  args: readonly string[],
  { memoryMiB, nice }: ProcessLimits,
): { readonly command: string; readonly args: readonly string[] } => {
  if (memoryMiB === undefined && nice === undefined) return { command, args };
  const script = [
    ...(memoryMiB === undefined ? [] : [`ulimit -d ${Math.floor(memoryMiB * KIB_PER_MIB)} || exit 126`]),
    nice === undefined ? 'exec "$0" "$@"' : `exec nice -n ${Math.floor(nice)} "$0" "$@"`,
  ].join("\n");
  return { command: "/bin/sh", args: ["-c", script, command, ...args] };
};
