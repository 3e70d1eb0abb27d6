import { Telling } from "#bridge/instance/telling";
import type { BridgeContext } from "#bridge/ports";
import { nextBoot } from "#core/boot";
import { instanceId, slaveId } from "#core/ids";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { SeededRandom } from "#core/ports/memory/seeded-random";

const scene = () => {
  const clock = new ManualClock();
  const journal: string[] = [];
  const published: string[] = [];
  const state = { changed: 0 };
  const bus = { publish: (_: string, data: Uint8Array) => void published.push(new TextDecoder().decode(data)) };
  const context = {
    settings: { slave: slaveId("home") },
    boot: nextBoot(clock.now(), "", new SeededRandom(1)),
    ports: { clock, bus, journal: (level: string, message: string) => void journal.push(`${level} ${message}`) },
  } as unknown as BridgeContext;
  const telling = new Telling({
    ...{ context, instance: instanceId("north") },
    clean: (text) => text.replaceAll("hunter2", "[secret]"),
    changed: () => void state.changed++,
  });
  const lines = () => telling.lastLines(100).lines.map(({ text }) => text);
  return { telling, journal, published, lines, state };
};

test("an alarm and a state are told when they are others than before (IT1)", () => {
  const { telling, journal, state } = scene();
  for (let n = 0; n < 3; n++) telling.alarm("link", "it is lost");
  telling.alarm("saves", undefined);
  expect(state.changed).toBe(1);
  for (let n = 0; n < 3; n++) telling.phase("running");
  expect(state.changed).toBe(2);
  expect(journal).toEqual(["error it is lost", "info north is running"]);
  telling.alarm("link", undefined);
  expect(telling.alarms).toBeUndefined();
  expect(state.changed).toBe(3);
});

test("what is said is in both logs, except what is for the search for bugs; never a password; the end waits for nothing", () => {
  const { telling, journal, lines, published } = scene();
  telling.journal("debug", "a detail");
  telling.say("warn", "its password is hunter2");
  telling.printed("hunter2 printed");
  expect(journal).toEqual(["debug a detail", "warn north: its password is hunter2"]);
  expect(lines()).toEqual(["north: its password is [secret]", "[secret] printed"]);
  expect(published).toEqual([]);
  telling.close();
  expect(published.join()).toContain("[secret] printed");
});
