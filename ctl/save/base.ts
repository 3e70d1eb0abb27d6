import { onAbort } from "#core/abort";
import { NatsBus } from "#core/adapters/nats-bus";
import { nodeClock } from "#core/adapters/node-clock";
import { isClusterioError } from "#core/errors";
import { PIECE_BYTES_MAX } from "#core/events/saves";
import { interrupted, readingAhead, relay, type Source, type Target } from "#core/transfer/relay";
import type { Output } from "#ctl/audit/output";
import type { ClusterClient } from "#ctl/client/client";
import { connectUser } from "#ctl/client/connect";
import { AS_USER, UserCommand } from "#ctl/client/user-command";
import { FileChannel } from "#ctl/save/channel";
import { TransferProgress } from "#ctl/save/progress";
import { type Asked, whereIs } from "#ctl/save/where";

export const SAVE_SOURCE = `${AS_USER}
      The bridge itself answers: this works while the master is away, too.

      Exit codes: 0; 2 bad arguments, or there is no such instance or save; 3 the cluster or the bridge is away, a disk is
      full, or interrupted (the same command goes on where it ended); 4 refused: the name is taken, it is not a save, the
      instance runs, nobody confirmed; 5 what came is not what was sent.
`;

export interface Saves extends Asked {
  readonly output: Output;
  channel(instance: string): Promise<FileChannel>;
  carry<T>(what: string, source: Source, target: Target<T>): Promise<T>;
}

export const savesOf = (client: ClusterClient, bus: NatsBus, output: Output): Saves => {
  const asked = { client, bus, clock: nodeClock, signal: output.signal };
  return {
    ...asked,
    output,
    channel: async (instance) => new FileChannel(client, await whereIs(asked, instance)),
    carry: (what, source, target) => carried(what, { source, target, signal: output.signal }),
  };
};

/** Carries a file and shows how far it is. */
export const carried = async <T>(
  what: string,
  { source, target, signal }: { readonly source: Source; readonly target: Target<T>; readonly signal: AbortSignal },
): Promise<T> => {
  const progress = new TransferProgress(what, source.bytes);
  const relaying = { clock: nodeClock, signal, pieceBytes: PIECE_BYTES_MAX };
  try {
    return await relay(readingAhead(source, PIECE_BYTES_MAX), target, { ...relaying, onProgress: progress.update });
  } finally {
    progress.end();
  }
};

/** Who interrupts something long is told that it is not done, and what becomes of it. */
export const orInterrupted = <T>(output: Output, work: Promise<T>): Promise<T> =>
  work.catch((error: unknown) => {
    if (output.signal.aborted && !output.gone && !isClusterioError(error)) throw interrupted();
    throw error;
  });

type Ask = (saves: Saves) => Promise<void>;

/** What asks bridges about files. */
export abstract class FilesCommand extends UserCommand {
  /** `prepare` looks at what was typed, before anybody is connected to. */
  protected runFiles(prepare: () => Ask | Promise<Ask>): Promise<number> {
    return this.work(() => {
      const prepared = prepare();
      return async (output, own) => {
        // What is to come in by standard input may never come.
        const goOn = onAbort(output.signal, () => process.stdin.destroy());
        const ask = await orInterrupted(output, Promise.resolve(prepared)).finally(goOn);
        const { link, client } = await connectUser(this, process.cwd());
        own(link, (opened) => opened.close());
        await orInterrupted(output, ask(savesOf(client, new NatsBus(link), output)));
      };
    });
  }
}
