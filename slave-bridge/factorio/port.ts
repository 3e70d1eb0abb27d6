import type { Channels } from "#bridge/factorio/catalog";
import type { Install } from "#bridge/install";

/** The installs of the game beside each other in the bridge's folder, as a port. */
export interface InstallProgress {
  readonly version: string;
  readonly phase: "asking" | "downloading" | "verifying" | "unpacking";
  readonly done: number;
  readonly total?: number;
}

export type OnProgress = (progress: InstallProgress) => void;

export interface Installed {
  readonly version: string;
  /** Where it was already. */
  readonly there: boolean;
}

/** What an archive has to be. */
export interface ArchiveMust {
  /** SHA-256 in hex. */
  readonly sum?: string | undefined;
  readonly version?: string | undefined;
  readonly signal?: AbortSignal;
}

export interface FactorioInstalls {
  /** Oldest first. */
  list(): Promise<readonly Install[]>;
  /** What each channel was when it was last installed. */
  channels(): Promise<Channels>;
  /** Downloads, verifies, unpacks and puts it in place by one rename. @throws ClusterioError */
  install(wanted: string, onProgress: OnProgress, signal?: AbortSignal): Promise<Installed>;
  /** The same from an archive on this machine. @throws ClusterioError */
  installFrom(archive: string, onProgress: OnProgress, must?: ArchiveMust): Promise<Installed>;
  /** @throws ClusterioError `bad-input` when there is none. */
  remove(version: string): Promise<void>;
}
