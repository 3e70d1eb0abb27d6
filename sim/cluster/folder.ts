import type { SaveFile } from "#bridge/game/port";
import { GIVEN_SAVE, given, type Lineage, NO_LINEAGE } from "#bridge/instance/lineage";
import { EMPTY_RECORD, type LinkRecord } from "#bridge/link/state";
import type { Boot } from "#core/boot";
import { ToldMaps } from "#sim/cluster/maps";
import type { Save } from "#sim/cluster/world";

export interface StoredSave {
  readonly save: Save;
  readonly writtenAt: number;
  readonly opens: boolean;
}

/** An instance's folder: what survives the game, the bridge and the machine's power. */
export interface Folder {
  readonly saves: Map<string, StoredSave>;
  link: LinkRecord;
  lineage: Lineage;
  lastBoot: Boot | "";
  /** For the checker: what a bridge here can know, whatever it remembers. */
  readonly told: ToldMaps;
}

export const newFolder = (): Folder => ({
  saves: new Map(),
  link: EMPTY_RECORD,
  lineage: NO_LINEAGE,
  lastBoot: "",
  told: new ToldMaps(),
});

export const copyOfFolder = (folder: Folder): Folder => ({
  ...folder,
  saves: new Map(folder.saves),
  told: folder.told.copy(),
});

export const savesIn = (folder: Folder): SaveFile[] =>
  [...folder.saves].map(([name, { writtenAt, opens }]) => ({ name, writtenAt, opens }));

/** What launch.ts does with an operator's `next.zip`. */
export const putSave = (folder: Folder, save: Save, now: number): void => {
  folder.saves.set(GIVEN_SAVE, { save, writtenAt: now, opens: true });
  folder.lineage = given(folder.lineage);
};
