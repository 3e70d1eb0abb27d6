import { z } from "zod";
import { roleView, slaveView, userView } from "#core/events/access";
import { savesAnswer } from "#core/events/saves";
import { instanceId, slaveId } from "#core/ids";
import type { ClusterClient } from "#ctl/client/client";
import { connectUser, DEFAULT_DIR } from "#ctl/client/connect";
import { type Kind, LIVE_MS_MAX } from "#ctl/completion/complete";
import { Contexts } from "#ctl/context/store";

/** Names of living things for completion. Whoever presses Tab does not wait for long, and is told no errors. */

/** Where the cluster is, as it was typed so far. */
const placeIn = (words: readonly string[]) => {
  const after = (flag: string): string | undefined => {
    const at = words.lastIndexOf(flag);
    return at >= 0 ? words[at + 1] : words.find((word) => word.startsWith(`${flag}=`))?.slice(flag.length + 1);
  };
  return {
    dir: after("--dir") ?? DEFAULT_DIR,
    natsUrl: after("--nats-url"),
    creds: after("--creds"),
    ca: after("--ca"),
    inContext: after("--context"),
    timeout: LIVE_MS_MAX / 1_000,
  };
};

const ASK: Readonly<
  Record<Exclude<Kind, "context">, (client: ClusterClient, of: readonly string[]) => Promise<string[]>>
> = {
  instance: async (client) => (await client.instances()).map(({ instance }) => instance),
  world: async (client) => (await client.worlds()).map(({ world }) => world),
  resource: async (client) => (await client.storage()).map(({ resource }) => resource),
  slave: async (client) => {
    const { slaves } = await client.access("slave.list", {}, z.object({ slaves: z.array(slaveView) }));
    return slaves.map(({ slave }) => slave);
  },
  user: async (client) => {
    const { users } = await client.access("user.list", {}, z.object({ users: z.array(userView) }));
    return users.map(({ user }) => user);
  },
  role: async (client) => {
    const { roles } = await client.access("role.list", {}, z.object({ roles: z.array(roleView) }));
    return roles.map(({ role }) => role);
  },
  player: async (client) => (await client.players()).map(({ player }) => player),
  save: async (client, of) => savesOf(client, of),
};

/** Those of the instance that was typed before. */
const savesOf = async (client: ClusterClient, of: readonly string[]): Promise<string[]> => {
  const found = (await client.instances()).find(
    ({ instance, config }) => of.includes(instance) || of.includes(config.name),
  );
  if (found === undefined || found.slave === "") return [];
  const at = { slave: slaveId(found.slave), instance: instanceId(found.instance) };
  const { ok } = await client.exchange(at, "save-read", { request: { op: "list" } });
  return savesAnswer.parse(ok).saves.map(({ file }) => file.replace(/\.zip$/, ""));
};

/** The names of a kind; none where nobody answers in time. */
export const liveNames = async (
  names: Kind,
  { words, of, own }: { readonly words: readonly string[]; readonly of: readonly string[]; readonly own: Own },
): Promise<readonly string[]> => {
  if (names === "context") return new Contexts(process.env).names();
  const { link, client } = await connectUser(placeIn(words), process.cwd());
  own(link, (opened) => opened.close());
  return [...new Set(await ASK[names](client, of))].sort();
};

type Own = <T>(resource: T, close: (resource: T) => Promise<void> | void) => T;
