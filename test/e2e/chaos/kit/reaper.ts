import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** Everything of a cluster names its folder on its command line: daemons, nats-server, games, also those nobody has a record of. */
export const processesOf = (folder: string): number[] =>
  readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    try {
      return readFileSync(`/proc/${name}/cmdline`, "utf8").includes(`${folder}/`) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });

const kill = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone already.
  }
};

/** SIGKILL for all of them, as a power cut. What was just being started is found in the next round. */
export const killAllOf = async (folder: string): Promise<void> => {
  for (let found = processesOf(folder); found.length > 0; found = processesOf(folder)) {
    found.forEach(kill);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

/** Ends processes, mounts, network name spaces and the folder when this process is gone, however it went. Plain: it must not fail. */
const SCRIPT = `
  folder=$1; space=$2
  cat >/dev/null
  tries=0
  while [ $tries -lt 100 ]; do
    tries=$((tries + 1)); found=
    for dir in /proc/[0-9]*; do
      pid=\${dir#/proc/}
      [ "$pid" = "$$" ] && continue
      if tr '\\0' ' ' <"$dir/cmdline" 2>/dev/null | grep -qF -- "$folder/"; then kill -9 "$pid" 2>/dev/null; found=1; fi
    done
    [ -z "$found" ] && break
    sleep 0.1
  done
  for mount in "$folder"/mounts/*; do [ -d "$mount" ] && umount -l "$mount" 2>/dev/null; done
  for name in $(ip netns list 2>/dev/null | cut -d' ' -f1 | grep "^$space-"); do ip netns delete "$name" 2>/dev/null; done
  rm -rf "$folder"
`;

/** Whatever becomes of the test, nothing is left: a shell waits for the end of our pipe to it. Returns how to end it orderly. */
export const armReaper = (folder: string, space: string): (() => Promise<void>) => {
  // The folder is the last argument without a slash behind it, so the reaper does not find itself.
  const reaper = spawn("sh", ["-c", SCRIPT, "reaper", folder, space], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const ended = new Promise<void>((resolve) => reaper.once("exit", () => resolve()));
  reaper.unref();
  return () => {
    // From now on it is waited for.
    reaper.ref();
    reaper.stdin?.end();
    return ended;
  };
};
