import { startRefused } from "#bridge/attached/care";
import { guarded } from "#bridge/attached/guarded";
import { chooseSave, NEXT_SAVE } from "#bridge/instance/lineage";
import type { InstanceRunner } from "#bridge/instance/runner";
import type { Ports } from "#bridge/ports";
import { SPARE_BYTES } from "#bridge/saves/incoming";
import { countdown, countdownText } from "#bridge/schedule/timetable";
import { isClusterioError, unavailable } from "#core/errors";
import { pause } from "#core/ports/clock";
import { COUNTDOWN_SECONDS_DEFAULT, KEEP_DEFAULT, type ScheduleEntry } from "#core/schedule/entry";

/** What is done when something of a schedule is due. Each answers with a few words of what became of it. */

type Scheduled = Pick<
  InstanceRunner,
  | "instance"
  | "phase"
  | "paths"
  | "record"
  | "notes"
  | "command"
  | "orderSave"
  | "restart"
  | "attached"
  | "saveElsewhere"
>;

export const actOn = (
  ports: Ports,
  runner: Scheduled,
  { name, entry }: { readonly name: string; readonly entry: ScheduleEntry },
): Promise<string> => {
  switch (entry.action) {
    case "save":
      return save(runner);
    case "backup":
      return runner.attached !== undefined
        ? backupElsewhere(ports, runner, { name, keep: entry.keep ?? KEEP_DEFAULT })
        : backup(ports, runner, { name, keep: entry.keep ?? KEEP_DEFAULT });
    case "restart":
      return restart(ports, runner, entry.countdownSeconds ?? COUNTDOWN_SECONDS_DEFAULT);
  }
};

const notRunning = ({ phase }: Scheduled): string => `nothing to do: it is ${phase}`;

const save = async (runner: Scheduled): Promise<string> => {
  if (runner.phase !== "running") return notRunning(runner);
  await runner.orderSave();
  return "a save was ordered";
};

/** `nightly-20261127-0300` */
const stampOf = (now: number): string =>
  new Date(now).toISOString().slice(0, 16).replace(/[-:]/g, "").replace("T", "-");

/** A copy of the save that the next start would go on from, under a name that nothing overwrites. */
const backup = async (
  { vault, game, clock }: Ports,
  { paths, record, instance, notes }: Scheduled,
  { name, keep }: { readonly name: string; readonly keep: number },
): Promise<string> => {
  if (vault === undefined) throw unavailable("this bridge keeps no files");
  const saves = await game.saves(paths.saves);
  const choice = chooseSave(
    record.lineage,
    saves.filter((one) => one.name !== NEXT_SAVE),
  );
  if (choice.kind !== "start") return "nothing to do: it has no save yet";
  const from = `${paths.saves}/${choice.save}`;
  const state = await vault.stat(from);
  if (state === undefined) throw unavailable(`${choice.save} of ${instance} is gone`);
  const free = await vault.freeBytes(paths.folder);
  if (free < state.bytes + SPARE_BYTES)
    throw unavailable(`the disk has no room for a copy: ${state.bytes} bytes, ${free} are free`);
  const file = `${name}-${stampOf(clock.now())}.zip`;
  const draft = `${paths.incoming}/${file}`;
  await game.copy(from, draft);
  await vault.touch(draft, state.writtenAt);
  await vault.place(draft, `${paths.saves}/${file}`);
  await notes.copied(choice.save, file, state.writtenAt);
  const removed = oldest(
    (await game.saves(paths.saves)).map((one) => one.name),
    { name, keep },
  );
  for (const old of removed) await vault.remove(`${paths.saves}/${old}`);
  return `${choice.save} is kept as ${file}${removed.length === 0 ? "" : `, ${removed.length} removed`}`;
};

/**
 * Of a server that the bridge does not run: a save of now, which it writes itself. Where its folder is not seen nothing can be removed
 * there, so that a schedule has as many names as it keeps.
 */
const backupElsewhere = async (
  { vault, game, clock }: Ports,
  runner: Scheduled,
  { name, keep }: { readonly name: string; readonly keep: number },
): Promise<string> => {
  if (runner.phase !== "running") return notRunning(runner);
  if (runner.attached?.writeData === undefined || vault === undefined)
    return `${await runner.saveElsewhere(name, keep)} is written where it runs`;
  const file = await runner.saveElsewhere(`${name}-${stampOf(clock.now())}`);
  const there = await guarded(() => game.saves(runner.paths.saves));
  const removed = oldest([...new Set([file, ...there.map((one) => one.name)])], { name, keep });
  for (const old of removed) await guarded(() => vault.remove(`${runner.paths.saves}/${old}`));
  return `${file} is written${removed.length === 0 ? "" : `, ${removed.length} removed`}`;
};

/** Beyond the newest `keep` of this schedule; their names have their time. */
export const oldest = (
  names: readonly string[],
  { name, keep }: { readonly name: string; readonly keep: number },
): string[] => {
  const own = new RegExp(`^${name}-\\d{8}-\\d{4}\\.zip$`);
  return names
    .filter((one) => own.test(one))
    .sort()
    .reverse()
    .slice(keep);
};

const restart = async ({ clock }: Ports, runner: Scheduled, seconds: number): Promise<string> => {
  // Told before the players are.
  if (runner.attached !== undefined)
    throw startRefused(runner.instance, runner.attached, "have whoever runs it start it anew");
  if (runner.phase !== "running") return notRunning(runner);
  const told = countdown(seconds);
  for (const [at, left] of told.entries()) {
    await say(runner, countdownText(left));
    await pause(clock, (left - (told[at + 1] ?? 0)) * 1_000);
    if (runner.phase !== "running") return `given up: it is ${runner.phase}`;
  }
  await runner.restart();
  return "restarted";
};

/** Plain text on the console is chat of the server. A game that does not hear is restarted all the same. */
const say = async (runner: Scheduled, text: string): Promise<void> => {
  await runner.command(text).catch((error: unknown) => {
    if (!isClusterioError(error)) throw error;
  });
};
