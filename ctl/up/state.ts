import { createServer } from "node:net";
import { join } from "node:path";
import { z } from "zod";
import { nodeDisk } from "#core/adapters/node-disk";
import { decodeFile } from "#core/events/codec";

/**
 * What `up` remembers between its starts (`<dir>/up.json`): ports, so that processes left running are found under the same
 * address, and how far it came with making the worlds. No instance list: the ledger has it.
 */
const port = z.number().int().min(1).max(65_535);
const upState = z.object({
  v: z.literal(1),
  natsPort: port.exactOptional(),
  httpPort: port.exactOptional(),
  /** "making" after a kill half-way: the next start makes the rest. "made" also when the ledger has lost them since. */
  worlds: z.enum(["none", "making", "made"]),
});
export type UpState = z.infer<typeof upState>;

const pathOf = (dir: string): string => join(dir, "up.json");

/** @throws ClusterioError `bad-input` when the file is not one of ours. */
export const readUpState = async (dir: string): Promise<UpState> => {
  const bytes = await nodeDisk.read(pathOf(dir));
  return bytes === undefined ? { v: 1, worlds: "none" } : decodeFile(upState, bytes, pathOf(dir));
};

export const writeUpState = (dir: string, state: UpState): Promise<void> =>
  nodeDisk.write(pathOf(dir), new TextEncoder().encode(`${JSON.stringify(state)}\n`));

/** True when nobody listens on this port of the loopback. */
export const isFree = (wanted: number): Promise<boolean> => tryListen(wanted).then((got) => got !== undefined);

/** The remembered port if nobody else took it since (`ours`: we may have it ourselves), else a free one. */
export const choosePort = async (remembered: number | undefined, ours: boolean): Promise<number> => {
  if (remembered !== undefined && (ours || (await isFree(remembered)))) return remembered;
  const free = await tryListen(0);
  if (free === undefined) throw new Error("no port is free on the loopback");
  return free;
};

const tryListen = (wanted: number): Promise<number | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen(wanted, "127.0.0.1", () => {
      const address = server.address();
      const got = address !== null && typeof address === "object" ? address.port : undefined;
      server.close(() => resolve(got));
    });
  });
