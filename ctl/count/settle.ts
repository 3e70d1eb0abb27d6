import { isClusterioError, messageOf, unavailable } from "#core/errors";
import { canonicalJson } from "#core/events/codec";
import { type InstanceId, instanceId, type SlaveId, slaveId } from "#core/ids";
import { type Clock, pause } from "#core/ports/clock";
import type { ClusterClient } from "#ctl/client/client";
import { type Balance, type Books, balanceOf } from "#ctl/count/conservation";
import { type CrossedSignals, crossedSignals, isShown } from "#ctl/count/signals";
import { parseWorldCount, type WorldCount } from "#ctl/count/world-count";

/**
 * Stops the demo worlds' scripts, waits until what is under way has arrived, and counts.
 *
 * Q1 what is counted is still: two looks in a row, apart by `QUIET_MS`, see the same in the worlds and in the ledger.
 * Q2 a difference counts only when it stays: what a crash left is put right within a few restatements of the bridge and the
 *    master, so looking goes on until the law holds or `SETTLE_MS_MAX` is over. The same goes for signals that are on their way.
 */
const QUIET_MS = 300;
/** Five times the three restatements after which a bridge begins a new session. */
const SETTLE_MS_MAX = 30_000;

export interface Address {
  readonly slave: SlaveId;
  readonly instance: InstanceId;
}

export interface Count {
  readonly balance: Balance;
  readonly books: Books;
  readonly signals: CrossedSignals;
}

export interface SettleContext {
  readonly client: ClusterClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Every instance that has a slave, and so may have a world that holds something. */
export const addressesOf = async (client: ClusterClient): Promise<Address[]> =>
  (await client.instances())
    .filter(({ slave }) => slave !== "")
    .map(({ slave, instance }) => ({ slave: slaveId(slave), instance: instanceId(instance) }));

export const freeze = (context: SettleContext, addresses: readonly Address[]): Promise<void> =>
  say(context, addresses, "/demo-freeze");
export const thaw = (context: SettleContext, addresses: readonly Address[]): Promise<void> =>
  say(context, addresses, "/demo-thaw");

const say = async ({ client }: SettleContext, addresses: readonly Address[], command: string): Promise<void> => {
  await Promise.all(addresses.map((address) => client.bridge(address, "send-rcon", { command })));
};

/**
 * @throws ClusterioError `unavailable` when a world could not be counted, or nothing came to rest.
 */
export const settle = async (context: SettleContext, addresses: readonly Address[]): Promise<Count> => {
  const { clock, signal } = context;
  const deadline = clock.now() + SETTLE_MS_MAX;
  let before = "";
  let problem = "it was not looked at";
  for (;;) {
    signal.throwIfAborted();
    const look = await lookAt(context, addresses);
    if ("problem" in look) problem = look.problem;
    else {
      const still = look.picture === before;
      before = look.picture;
      problem = "worlds and ledger kept changing although nothing is produced or consumed";
      if (still) {
        const balance = balanceOf(look.counts, look.books);
        const signals = crossedSignals(look.counts, look.books.stocks);
        const isSettled = balance.faults.length === 0 && isShown(signals);
        if (isSettled || clock.now() >= deadline) return { balance, books: look.books, signals };
      }
    }
    if (clock.now() >= deadline) throw unavailable(`could not count within ${SETTLE_MS_MAX / 1000} s: ${problem}`);
    await pause(clock, QUIET_MS, signal);
  }
};

type Look =
  | { readonly counts: readonly WorldCount[]; readonly books: Books; readonly picture: string }
  | { readonly problem: string };

const lookAt = async ({ client }: SettleContext, addresses: readonly Address[]): Promise<Look> => {
  try {
    await Promise.all(addresses.map((address) => client.bridge(address, "report", {})));
    const counts = await Promise.all(addresses.map((address) => countIn(client, address)));
    const books = { worlds: await client.worlds(), stocks: await client.storage() };
    for (const [index, { instance }] of addresses.entries()) {
      if (counts[index]?.frozen !== true) {
        // It was loaded from a save that was written before it was told to freeze.
        await client.bridge(addresses[index]!, "send-rcon", { command: "/demo-freeze" });
        return { problem: `${instance} does not stand still` };
      }
      if (!books.worlds.some((world) => world.instance === instance && world.open)) {
        return { problem: `${instance} has no open session` };
      }
    }
    const ledger = books.worlds.map(({ tick: _, ...world }) => world);
    return { counts, books, picture: canonicalJson([counts, ledger, books.stocks]) };
  } catch (error) {
    if (isClusterioError(error, "unavailable") || isClusterioError(error, "refused"))
      return { problem: messageOf(error) };
    throw error;
  }
};

const countIn = async (client: ClusterClient, address: Address): Promise<WorldCount> =>
  parseWorldCount(textOf(await client.bridge(address, "send-rcon", { command: "/demo-count" })), address.instance);

/** What the game said, in a bridge's answer to `send-rcon`. */
const textOf = (answer: unknown): unknown =>
  typeof answer === "object" && answer !== null && "reply" in answer ? answer.reply : answer;
