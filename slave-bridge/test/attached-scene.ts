import { north, scene } from "#bridge/test/bridge-scene";
import type { FakeServer } from "#bridge/test/fake-game";
import { FakeWorld, newSave } from "#bridge/test/fake-world";
import type { InstanceConfig } from "#core/instance-config";

/** A server that no bridge runs, and an instance that is attached to it. */

export const ADDRESS = "10.0.0.7:27015";
export const SECRET = "/data/secrets/north-rcon";
/** Where its write-data folder is seen, when it is. */
export const ROOT = "/data/attached/elsewhere";
export const text = (content: string) => new TextEncoder().encode(content);

export const attached = async (
  config: Partial<InstanceConfig> = {},
  { writeData, before }: { writeData?: string; before?: (it: ReturnType<typeof scene>) => void } = {},
) => {
  const it = scene();
  before?.(it);
  const game = new FakeWorld(newSave(7));
  game.runs = true;
  const server: { -readonly [K in keyof FakeServer]: FakeServer[K] } = {
    password: "hunter2hunter2",
    world: game,
    folder: ROOT,
  };
  it.machine.servers.set(ADDRESS, server);
  await it.disk.write(SECRET, text("hunter2hunter2\n"));
  const attach = { host: "10.0.0.7", port: 27_015, passwordFile: "north-rcon" };
  const seen = writeData === undefined ? {} : { writeData };
  it.master.config = { ...it.master.config, ...config, attach: { ...attach, ...seen } };
  const { bridge } = await it.open();
  /** Time passes in the game as well. */
  const runs = async (seconds: number) => {
    for (let n = 0; n < seconds * 2; n++) {
      game.tick += 30;
      await it.advance(500);
    }
  };
  it.master.state(north);
  await runs(3);
  it.master.state(north);
  await runs(2);
  const pulls = () => game.commands.filter((command) => command.startsWith("/cp ")).length;
  const told = (verb: string) => game.commands.filter((command) => command.startsWith(verb));
  /** Another configuration, learned from the leader. */
  const configure = async (change: Partial<InstanceConfig>) => {
    it.master.config = { ...it.master.config, ...change };
    it.master.round++;
    it.master.state(north);
    await runs(3);
  };
  /** What the mod says when it is asked. */
  const says = (happened: object) => {
    game.outbox?.push(JSON.stringify({ happened: { token: game.token, ...happened } }));
  };
  return { ...it, bridge, game, server, pulls, told, runs, configure, says };
};
