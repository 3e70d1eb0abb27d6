import type { GameFiles, Stop } from "#bridge/game/port";
import { nextFileIn } from "#bridge/game-protocol";
import type { Disk } from "#core/ports/disk";

/**
 * One session's reports, part after part. A part that was read to its end is deleted; parts of other tokens are deleted
 * at the start: what they said is in the reply to `begin`.
 */
export const followReports = (
  { disk, files }: { disk: Disk; files: GameFiles },
  from: { readonly folder: string; readonly file: string },
  onLine: (line: string) => void,
): Stop => {
  let stopped = false;
  let stopPart: Stop = () => {};

  const follow = (file: string) => {
    const path = `${from.folder}/${file}`;
    stopPart = files.follow(path, "start", (line) => {
      const next = nextFileIn(line);
      if (next === undefined) return onLine(line);
      stopPart();
      void files.remove(path);
      if (!stopped) follow(next);
    });
  };
  follow(from.file);
  void removeOthers({ disk, files }, from);

  return () => {
    stopped = true;
    stopPart();
  };
};

/** `clusterio/<token>-0.jsonl` → the folder, and the token's prefix. */
const removeOthers = async (
  { disk, files }: { disk: Disk; files: GameFiles },
  { folder, file }: { readonly folder: string; readonly file: string },
): Promise<void> => {
  const [subfolder, name] = file.split("/");
  const prefix = `${name?.split("-")[0]}-`;
  for (const other of await disk.list(`${folder}/${subfolder}`)) {
    if (other.endsWith(".jsonl") && !other.startsWith(prefix)) await files.remove(`${folder}/${subfolder}/${other}`);
  }
};
