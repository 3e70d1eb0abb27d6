import { newState } from "#core/fold/state";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryLog } from "#core/ports/memory/memory-log";
import { INBOX_BYTES_MAX, INBOX_MAX, Inbox } from "#projector/inbox";

/** Whatever comes, the memory of what waits to be folded is bounded, and nothing that waited outside is lost. */
const settle = async (turns: number): Promise<void> => {
  for (let n = 0; n < turns; n++) await Promise.resolve();
};

/** An inbox before `count` messages of `bytes` each, none of them folded. */
const before = async (count: number, bytes: number) => {
  const events = new MemoryLog(new ManualClock());
  const data = new Uint8Array(bytes).fill(120);
  for (let n = 0; n < count; n++) events.store("clusterio.v1.event.s1.a.world-reported", data);
  let taken = 0;
  const tally = { applied: 0, rejected: 0, ignored: new Map() };
  const ports = { events, verify: () => undefined, wake: () => taken++, onRejected: () => {}, mayBeSplit: () => false };
  const inbox = new Inbox(ports, await events.info(), 1, tally);
  await settle(4 * count);
  return { inbox, tally, taken: () => taken };
};

test("reading pauses at so many messages, and goes on once they are folded", async () => {
  const { inbox, tally, taken } = await before(INBOX_MAX + 10, 2);
  expect(taken()).toBe(INBOX_MAX);
  const state = newState();
  inbox.fold(state, INBOX_MAX - 1);
  await settle(100);
  expect(taken()).toBe(INBOX_MAX);
  inbox.fold(state, 1);
  await settle(100);
  expect(taken()).toBe(INBOX_MAX + 10);
  inbox.fold(state, INBOX_MAX);
  expect(tally.rejected).toBe(INBOX_MAX + 10);
});

test("reading pauses at so many bytes, however few messages they are", async () => {
  const BYTES = 1024 * 1024;
  const max = INBOX_BYTES_MAX / BYTES;
  const { inbox, tally, taken } = await before(2 * max + 6, BYTES);
  const state = newState();
  for (const expected of [max, 2 * max, 2 * max + 6]) {
    await settle(1_000);
    expect(taken()).toBe(expected);
    inbox.fold(state, INBOX_MAX);
  }
  expect(tally.rejected).toBe(2 * max + 6);
});
