import { CommandQueue } from "#sim/factorio/command-queue";
import { readServerSettings } from "#sim/factorio/config";

const settings = readServerSettings(undefined);
const command = (line: string) => ({ line, reply: () => {} });
const lines = (queue: CommandQueue) => queue.due().map(({ line }) => line);

const long = `/long ${"x".repeat(294)}`; // 300 bytes

test("without players every command runs at the next tick, in order", () => {
  const queue = new CommandQueue(settings, 0);
  for (const line of [long, "/short"]) queue.add(command(line));
  expect(lines(queue)).toEqual([long, "/short"]);
});

test("with players a long command travels in segments and a shorter one sent later overtakes it", () => {
  const queue = new CommandQueue(settings, 1);
  for (const line of [long, "/short"]) queue.add(command(line));
  expect([lines(queue), lines(queue), lines(queue), queue.size]).toEqual([["/short"], [], [long], 0]);
});

test("twenty players make it four times slower", () => {
  const queue = new CommandQueue(settings, 20);
  queue.add(command(long));
  let ticks = 0;
  while (queue.size > 0) {
    queue.due();
    ticks += 1;
  }
  expect(ticks).toBe(12);
});
