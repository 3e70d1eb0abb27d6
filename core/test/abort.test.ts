import { onAbort } from "#core/abort";
import { Bell } from "#core/bell";
import { pause } from "#core/ports/clock";
import { ManualClock } from "#core/ports/memory/manual-clock";

test("all who wait for a signal hear of it, in the order in which they came, and each once", () => {
  const stop = new AbortController();
  const heard: string[] = [];
  onAbort(stop.signal, () => heard.push("first"));
  const forget = onAbort(stop.signal, () => heard.push("gone"));
  onAbort(stop.signal, () => heard.push("last"));
  forget();
  stop.abort();
  stop.signal.dispatchEvent(new Event("abort"));
  expect(heard).toEqual(["first", "last"]);
});

test("a wait that is over is forgotten, and leaves no timer behind", async () => {
  const clock = new ManualClock();
  const stop = new AbortController();
  const waits = [pause(clock, 1_000, stop.signal), new Bell(clock).wait(2_000, stop.signal)];
  expect(clock.nextAt()).toBe(clock.now() + 1_000);
  stop.abort();
  await Promise.all(waits);
  expect(clock.nextAt()).toBeUndefined();
  await Promise.all([pause(clock, 1_000, stop.signal), new Bell(clock).wait(2_000, stop.signal)]);
  expect(clock.nextAt()).toBeUndefined();
});

test("a thousand waits for one signal add one listener to it", async () => {
  const clock = new ManualClock();
  const { signal } = new AbortController();
  const added = jest.spyOn(signal, "addEventListener");
  const bell = new Bell(clock);
  for (let n = 0; n < 1_000; n++) {
    const waits = [pause(clock, 10, signal), bell.wait(10, signal)];
    clock.advance(10);
    await Promise.all(waits);
  }
  expect(added).toHaveBeenCalledTimes(1);
});
