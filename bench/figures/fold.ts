import type { Figure } from "#bench/kit/figure";
import { BenchNats } from "#bench/kit/nats";
import { inTurn } from "#bench/kit/statistics";
import { stateBefore, storedFacts } from "#bench/load/stored-facts";
import { JetStreamLog } from "#core/adapters/jetstream-log";
import type { NatsLink } from "#core/adapters/nats-connection";
import { decodeFact } from "#core/events/fact-decoder";
import { evolveFact } from "#core/fold/evolve-fact";
import type { Log, StoredMessage } from "#core/ports/log";

export interface FoldSize {
  readonly facts: number;
  readonly worlds: number;
  readonly rounds: number;
}
const SIZE: FoldSize = { facts: 40_000, worlds: 200, rounds: 5 };
/** The facts of one turn of publishing: well below what a server keeps for a client. */
const PUBLISH_TURN = 1_000;

/** What a leader reads after it was away: facts from the stream, folded one by one, against only reading them. */
export const fold = async (size: FoldSize = SIZE): Promise<Figure[]> => {
  const nats = await BenchNats.start();
  try {
    await nats.ensureStreams();
    await store(nats, size);
    const link = await nats.master();
    const events = new JetStreamLog(link, "EVENTS");
    const [raw = Number.NaN, folded = Number.NaN] = await inTurn(size.rounds, [
      () => consume(events, size.facts, () => {}),
      () => consume(events, size.facts, folder(size)),
    ]);
    await link.close();
    return [
      {
        name: "fold",
        what: "stored facts folded (20 exports, 20 wants each)",
        value: folded,
        unit: "/s",
        aim: { sense: "at least", value: 30_000 },
        ratioAim: { sense: "at least", value: 0.5 },
        reference: { what: "the same facts only read", value: raw, unit: "/s" },
      },
    ];
  } finally {
    await nats.stop();
  }
};

const store = async (nats: BenchNats, { facts, worlds }: FoldSize): Promise<void> => {
  const link: NatsLink = await nats.master();
  for (const [n, { subject, data }] of storedFacts(facts, worlds).entries()) {
    link.nc.publish(subject, data);
    if (n % PUBLISH_TURN === 0) await link.nc.flush();
  }
  await link.close();
};

/** Folds into a fresh state, as the projector's inbox does. A fact that does not count is a bug of this benchmark. */
const folder = ({ worlds }: FoldSize): ((message: StoredMessage) => void) => {
  const state = stateBefore(worlds);
  return ({ subject, data, time }) => {
    const decoded = decodeFact(subject, data);
    if (decoded.kind !== "fact") throw new Error(`${subject}: ${JSON.stringify(decoded)}`);
    const outcome = evolveFact(state, decoded.fact, time);
    if (outcome !== "applied") throw new Error(`${subject}: ${outcome}`);
  };
};

/** Messages a second from the first to the last. */
const consume = (log: Log, count: number, take: (message: StoredMessage) => void): Promise<number> =>
  new Promise((resolve, reject) => {
    let got = 0;
    let begun = 0;
    const onReset = () => reject(new Error("the stream was recreated while it was read"));
    const following = log.follow(
      1,
      (message) => {
        if (got === 0) begun = performance.now();
        take(message);
        if (++got < count) return;
        const ms = performance.now() - begun;
        void following.stop().then(() => resolve((count * 1_000) / ms));
      },
      onReset,
    );
  });
