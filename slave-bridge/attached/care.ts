import { type AttachConfig, attachedRoot, linkAdvice } from "#bridge/attached/folder";
import { type Happening, logLine } from "#bridge/attached/happening";
import { AttachedLog } from "#bridge/attached/log";
import { AttachedSaves } from "#bridge/attached/saves";
import { AttachedSettings } from "#bridge/attached/settings";
import type { Paths } from "#bridge/instance/folder";
import { ToldLists } from "#bridge/people/told-lists";
import type { BridgeContext } from "#bridge/ports";
import { type ClusterioError, refused } from "#core/errors";
import type { InstanceId } from "#core/ids";
import type { InstanceConfig } from "#core/instance-config";
import { type ListModes, modesOf } from "#core/people/lists";

export interface CareHands {
  readonly instance: InstanceId;
  /** The instance's own folder. */
  readonly paths: Paths;
  config(): InstanceConfig;
  /** The server that it is attached to now; undefined while there is none, or it was let go of. */
  server(): AttachConfig | undefined;
  /** Its RCON answers. */
  answers(): boolean;
  /** Its map stands still. */
  paused(): boolean;
  /** @throws ClusterioError when it is not there. */
  ask(command: string): Promise<string>;
  /** What it printed before this bridge listened. */
  remember(lines: readonly string[]): void;
  line(text: string): void;
  /** Its log says that a save is written. */
  saved(): void;
  note(message: string): void;
  alarm(message: string | undefined): void;
}

/**
 * Everything besides the session that a bridge does for a server that it does not run: its log, saves, settings and lists, by files
 * where its write-data folder is seen, by RCON and its mod's words where it is not (ADR 0093).
 */
export class AttachedCare {
  readonly #log: AttachedLog;
  readonly saves: AttachedSaves;
  readonly #settings: AttachedSettings;
  readonly #lists: ToldLists;

  constructor(
    private readonly context: BridgeContext,
    private readonly hands: CareHands,
  ) {
    const { clock, disk, game } = context.ports;
    const { dir, limits, slave } = context.settings;
    const ask = (command: string) => hands.ask(command);
    this.#log = new AttachedLog({
      ...{ clock, disk, files: game, dir, saveMs: limits.saveMs },
      remember: (lines) => hands.remember(lines),
      line: (text) => hands.line(text),
      saved: () => hands.saved(),
      alarm: (message) => hands.alarm(message),
    });
    this.saves = new AttachedSaves({ clock, disk, path: `${hands.paths.folder}/attached-saves.json`, ask });
    this.#settings = new AttachedSettings({ ask, note: (message) => hands.note(message) });
    this.#lists = new ToldLists({ clock, disk }, context.lists, {
      ...{ instance: hands.instance, slave, path: `${hands.paths.folder}/lists-told.json`, ask },
      modes: () => this.modes,
      server: () => {
        const server = hands.config().attach;
        return server === undefined ? "" : `${server.host}:${server.port}`;
      },
    });
  }

  /** Its write-data folder, where this machine sees it. */
  get root(): string | undefined {
    const { attach } = this.hands.config();
    return attach === undefined ? undefined : attachedRoot(this.context.settings.dir, attach);
  }

  /** It said that it saves. */
  get saving(): boolean {
    return this.#log.saving;
  }

  /** Of lists that are told, not read. */
  get modes(): ListModes {
    return modesOf(this.root === undefined ? this.hands.config() : undefined);
  }

  tick(): void {
    const { hands } = this;
    const server = hands.server();
    this.#log.follow(server);
    if (server === undefined) return;
    const answers = hands.answers();
    this.saves.tick(hands.config().autosaveSeconds * 1_000, answers && !hands.paused());
    if (answers && this.root === undefined) this.#lists.tick();
  }

  connected(): void {
    void this.#settings.connected(this.hands.config());
  }

  configured(): void {
    if (this.hands.server() !== undefined && this.hands.answers()) void this.#settings.changed(this.hands.config());
  }

  happened(happening: Happening): void {
    const { hands, context } = this;
    // Its log says the same.
    if (!this.#log.followed) hands.line(logLine(happening, context.ports.clock.now()));
    if (this.root === undefined) void this.#lists.happened(happening);
  }

  close(): void {
    this.#log.close();
  }
}

/** What files of its would be needed for. */
export const filesRefused = (instance: string, { host, port }: AttachConfig): ClusterioError =>
  refused(
    `${instance} is attached (RCON at ${host}:${port}) and its files are where it runs: name its write-data folder with clusterio instance config set ${instance} attach.writeData=${instance}, and ${linkAdvice(`attached/${instance}`)}; clusterio save create works without`,
  );

/** Nobody here starts it. */
export const startRefused = (instance: string, { host, port }: AttachConfig, what: string): ClusterioError =>
  refused(`${instance} is attached (RCON at ${host}:${port}): its bridge does not start it, so ${what}`);

/** What was found out about a world belongs to the server that runs it. */
export const moveRefused = (instance: string, attached: AttachConfig): ClusterioError => {
  const fetch =
    attached.writeData === undefined ? "fetch its save where it runs" : `clusterio save download ${instance} NAME`;
  return startRefused(
    instance,
    attached,
    `it is not moved either. By hand: end it where it runs, ${fetch}, take the server away (clusterio instance config unset ${instance} attach), then clusterio save upload ${instance} FILE and start it here; after that it moves as any other`,
  );
};
