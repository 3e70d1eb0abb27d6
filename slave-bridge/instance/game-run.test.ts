import { pathsOf } from "#bridge/instance/folder";
import { GameRun } from "#bridge/instance/game-run";
import type { ServerRecord } from "#bridge/instance/record";
import { settle } from "#bridge/test/bridge-scene";
import { FakeMachine } from "#bridge/test/fake-game";
import { newSave } from "#bridge/test/fake-world";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryDisk } from "#core/ports/memory/memory-disk";

const paths = pathsOf("/data/instances/north");
const server: ServerRecord = {
  ...{ process: null, gamePort: 1, rconPort: 2, password: "hunter2hunter2", save: "a.zip", file: "world-a.zip" },
};

const running = async () => {
  const clock = new ManualClock();
  const machine = new FakeMachine(clock, new MemoryDisk());
  machine.writeSave(`${paths.saves}/world-a.zip`, newSave(1));
  const game = machine.game();
  const bounded: string[] = [];
  const said: string[] = [];
  const ports = {
    clock,
    game: {
      ...game,
      bound: async (path: string) => void bounded.push(path),
      trim: async (path: string) => void bounded.push(path),
    },
  };
  const run = new GameRun(ports, paths, {
    line: (text) => void said.push(text),
    log: (what) => void said.push(`log ${what}`),
    exited: ({ code }, lines) => void said.push(`exited ${code} ${lines.at(-1)}`),
    connected: () => void said.push("connected"),
    lost: () => void said.push("lost"),
  });
  const process = await game.spawn({
    ...{ command: "factorio", cwd: paths.folder, output: paths.console },
    args: [
      ...["--config", paths.config, "--start-server", `${paths.saves}/world-a.zip`],
      ...["--rcon-bind", "127.0.0.1:2", "--rcon-password", "hunter2hunter2"],
    ],
  });
  run.begin(process, server);
  return { clock, machine, run, process, said, bounded };
};

test("each line is told once, however often it is listened to; that RCON is there is no news from the log", async () => {
  const { machine, run, process, said } = await running();
  run.watch("end");
  run.watch("end");
  machine.print(
    paths.console,
    "   1.000 Info RemoteCommandProcessor.cpp:1: Starting RCON interface at IP ADDR:({127.0.0.1:2})",
  );
  machine.print(paths.console, "   2.000 Info X.cpp:1: Saving finished");
  expect(said).toEqual([expect.stringContaining("RCON"), expect.stringContaining("Saving"), "log saved"]);
  said.length = 0;
  machine.end(process.pid, { code: 1 });
  await settle();
  machine.print(paths.console, "of another run");
  expect(said).toEqual(["exited 1    2.000 Info X.cpp:1: Saving finished"]);
  // Nobody is there any more whom a signal could reach: the number may be another's by now.
  const { signal } = machine.game();
  expect(signal).toBeDefined();
  expect(run.listens).toBeUndefined();
});

test("there is one connection, and one that is hung up is not made again", async () => {
  const { run, said, machine, clock } = await running();
  run.connect();
  run.connect();
  await settle();
  expect([said, machine.alive[0]?.connections.size]).toEqual([["connected"], 1]);
  expect(run.disconnect()).toBe(true);
  await clock.advanceSettling(60_000, settle);
  expect([said, machine.alive[0]?.connections.size]).toEqual([["connected"], 0]);
  expect(run.disconnect()).toBe(false);
});

test("its output is kept bounded, once a minute", async () => {
  const { run, bounded, clock } = await running();
  for (let n = 0; n < 121; n++) {
    run.tick(clock.now());
    clock.advance(1_000);
  }
  expect(bounded).toEqual(Array.from({ length: 3 }, () => [paths.console, paths.ownLog]).flat());
});

test("its password is taken out of what is told, also when it is gone", async () => {
  const { run, machine, process } = await running();
  run.watch("end");
  machine.end(process.pid, { code: 1 });
  await settle();
  expect(run.clean("--rcon-password hunter2hunter2")).toBe("--rcon-password [secret]");
});
