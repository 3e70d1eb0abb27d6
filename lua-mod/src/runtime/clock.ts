// The time of day outside, as a signal. The bridge says it with each lease; in between it goes on by ticks, the same on every
// peer. It drifts while the game runs slowly or is paused, until the bridge says it again.
import type { LuaConstantCombinatorControlBehavior } from "factorio:runtime";
import { time_signal } from "../prototypes/names";
import { signal_max, ticks_per_second } from "./limits";
import { visitSome } from "./ring";
import type { Clock } from "./state";

export function setTime(second: number): void {
  storage.time = { second, tick: game.tick };
}

/** Seconds since 1970; undefined before the bridge said so, and once a signal can't hold it (2038). */
export function timeNow(): number | undefined {
  const { second, tick } = storage.time;
  if (second < 0) return undefined;
  const now = second + math.floor((game.tick - tick) / ticks_per_second);
  return now <= signal_max ? now : undefined;
}

function visit(clock: Clock): void {
  if (!clock.entity.valid) return; // on_object_destroyed is on its way
  const now = timeNow();
  if (now === undefined || now === clock.shown) return;
  const behavior = clock.entity.get_or_create_control_behavior() as LuaConstantCombinatorControlBehavior;
  const section = behavior.get_section(1) ?? behavior.add_section();
  if (section === undefined) return;
  const value = { type: "virtual", name: time_signal, quality: "normal", comparator: "=" } as const;
  section.set_slot(1, { value, min: now });
  clock.shown = now;
}

/** One clock per tick: sixty of them keep the second. */
export function showTime(): void {
  visitSome(storage.clocks, 1, visit);
}
