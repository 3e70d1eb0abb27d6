import type { GameFiles, Stop } from "#bridge/game/port";
import { nextFileIn } from "#bridge/game-protocol";
import type { Journal } from "#bridge/ports";
import { messageOf } from "#core/errors";
import type { Disk } from "#core/ports/disk";

export interface ReportPorts {
  readonly disk: Disk;
  readonly files: GameFiles;
  readonly journal: Journal;
}

interface ReportFile {
  /** script-output */
  readonly folder: string;
  readonly file: string;
}

/**
 * One session's reports, part after part. A part that was read to its end is deleted; parts of other tokens are deleted
 * at the start: what they said is in the reply to `begin`.
 */
export const followReports = (ports: ReportPorts, from: ReportFile, onLine: (line: string) => void): Stop => {
  const { files } = ports;
  let stopped = false;
  let stopPart: Stop = () => {};

  const follow = (file: string) => {
    const path = `${from.folder}/${file}`;
    stopPart = files.follow(path, "start", (line) => {
      const next = nextFileIn(line);
      if (next === undefined) return onLine(line);
      stopPart();
      void tolerably(ports, () => files.remove(path));
      if (!stopped) follow(next);
    });
  };
  follow(from.file);
  void tolerably(ports, () => removeOthers(ports, from));

  return () => {
    stopped = true;
    stopPart();
  };
};

/** `clusterio/<token>-0.jsonl` → the folder, and the token's prefix. */
const removeOthers = async ({ disk, files }: ReportPorts, { folder, file }: ReportFile): Promise<void> => {
  const [subfolder, name] = file.split("/");
  const prefix = `${name?.split("-")[0]}-`;
  for (const other of await disk.list(`${folder}/${subfolder}`)) {
    if (other.endsWith(".jsonl") && !other.startsWith(prefix)) await files.remove(`${folder}/${subfolder}/${other}`);
  }
};

/** A file that stays where it is only takes up room. */
const tolerably = async ({ journal }: ReportPorts, tidy: () => Promise<void>): Promise<void> => {
  try {
    await tidy();
  } catch (error) {
    journal("warn", `old reports stay on the disk: ${messageOf(error)}`);
  }
};
