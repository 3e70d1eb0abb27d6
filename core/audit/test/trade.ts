import fc from "fast-check";
import { Scribe } from "#core/audit/test/kit";
import type { LedgerMessage, LedgerMessages } from "#core/events/ledger";
import { PLATE } from "#core/fold/test/kit";
import { parseWorldId } from "#core/ids";

/** Small ledgers whose last round is known: what a falsifier is given to work on. */
export type Round = LedgerMessages["round"]["data"];
export const isRound = (message: LedgerMessage): message is LedgerMessages["round"] => message.type === "round";

/** Three worlds with sessions, so that no round that follows is ambiguous. */
export const linkedTrio = (): Scribe => {
  const scribe = new Scribe();
  for (const id of ["a.1", "b.1", "c.1"]) {
    scribe.apply({ do: "sync", world: parseWorldId(id).id, exported: {}, received: {}, wanted: {}, untakeable: [] });
  }
  scribe.round();
  return scribe;
};

/** b and c want more than a has given: the last round grants, contended or not. */
export const contended = (stock: number, wants: readonly [number, number]): LedgerMessage[] => {
  const scribe = linkedTrio();
  const [b, c] = wants;
  scribe.fold.report("b.1", { wanted: { [PLATE]: b }, received: { [PLATE]: 0 } });
  scribe.fold.report("c.1", { wanted: { [PLATE]: c }, received: { [PLATE]: 0 } });
  scribe.round();
  scribe.fold.report("a.1", { exported: { [PLATE]: stock } });
  scribe.round();
  return scribe.messages;
};
export const amounts = fc.tuple(
  fc.integer({ min: 3, max: 200 }),
  fc.tuple(fc.integer({ min: 2, max: 300 }), fc.integer({ min: 2, max: 300 })),
);
export const lastRound = (messages: readonly LedgerMessage[]): Round => messages.findLast(isRound)!.data;
export const accountIn = (data: Round, id: string): number[] => {
  const record = data.worlds![id as never]!.r![PLATE]!;
  while (record.length < 6) record.push(0);
  return record;
};
