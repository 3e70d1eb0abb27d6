import { slice } from "#bench/load/catalogue";
import { KEYS, stateBefore } from "#bench/load/stored-facts";
import type { Boot } from "#core/boot";
import { type Sealed, seal } from "#core/events/ledger-codec";
import { decide } from "#core/fold/decide";
import { confirm, evolve } from "#core/fold/evolve";
import { evolveFact } from "#core/fold/evolve-fact";
import { imageOf, prepareAtOnce } from "#core/fold/image";
import { instanceId, slaveId, worldId } from "#core/ids";

/** A ledger as a busy cluster leaves it: rounds of many reports, and a checkpoint now and then. */
export interface HistorySize {
  readonly facts: number;
  readonly worlds: number;
  readonly factsPerRound: number;
  /** Rounds behind the newest checkpoint: what a start has to fold. */
  readonly tail: number;
}

const BOOT = "mabcdefgh-aaaa" as Boot;
const TIME = Date.UTC(2026, 0, 1);
/** Resources that one report says something new of. */
const EXPORTS = 4;
const ROUND_MS = 50;

/** The ledger's messages in order, the same for the same size. It begins with a checkpoint, as one that was purged. */
export function* ledgerHistory({ facts, worlds, factsPerRound, tail }: HistorySize): Generator<Sealed> {
  const state = stateBefore(worlds);
  let now = TIME;
  const rounds = Math.ceil(facts / factsPerRound);
  const checkpoint = function* (): Generator<Sealed> {
    const { parts, stateHash } = prepareAtOnce(imageOf(state));
    for (const [index, image] of parts.entries()) {
      const data = { part: index + 1, parts: parts.length, stateHash, image };
      const sealed = seal(state, { boot: BOOT, now }, { type: "checkpoint", data });
      evolve(state, sealed.message, sealed.hash);
      yield sealed;
    }
  };
  yield* checkpoint();
  let fact = 0;
  for (let round = 1; round <= rounds; round++) {
    now += ROUND_MS;
    for (let n = 0; n < factsPerRound && fact < facts; n++, fact++) report(state, fact, worlds);
    const body = decide(state, now, false);
    if (body === undefined) throw new Error("a round of this benchmark changes nothing");
    const sealed = seal(state, { boot: BOOT, now }, { type: "round", data: body });
    if (sealed.message.type === "round") confirm(state, sealed.message, sealed.hash);
    yield sealed;
    if (round === rounds - tail) yield* checkpoint();
  }
}

const report = (state: Parameters<typeof evolveFact>[0], fact: number, worlds: number): void => {
  const at = fact % worlds;
  const seq = 1 + Math.floor(fact / worlds);
  const instance = instanceId(`instance-${at}`);
  const keys = slice(7 * at, KEYS).slice(0, EXPORTS);
  const outcome = evolveFact(
    state,
    {
      type: "world-reported",
      id: `f-${fact}`,
      slave: slaveId(`slave-${at % 10}`),
      instance,
      data: {
        world: worldId({ instance, generation: 1 }),
        token: `token${String(at).padStart(8, "0")}`,
        epoch: 1,
        seq,
        tick: 60 * seq,
        exported: Object.fromEntries(keys.map((key, index) => [key, seq * (index + 1)])),
        received: {},
        wanted: {},
      },
    },
    TIME,
  );
  if (outcome !== "applied") throw new Error(`fact ${fact}: ${outcome}`);
};
