import type { Objection } from "#core/audit/book";
import type { Step } from "#core/audit/step";
import type { RewindRecord } from "#core/events/ledger";

/** V12: what a `world-rewound` tells is what it moved. */
export const checkRewind = (step: Step, rewind: RewindRecord): Objection | undefined => {
  const { world, fromHeld, fromStorage, owed, again } = rewind;
  if (!step.sessions.includes(world as (typeof step.sessions)[number])) {
    return { rule: "rewind", world, expected: "a session of this world that begins", found: "none" };
  }
  for (const { account, before, after } of step.accounts) {
    const { key } = account.stock;
    const where = { rule: "rewind", world: account.world.id, resource: key } as const;
    const own = account.world.id === world;
    const back = Math.max(0, before.exported - after.exported);
    const told = own ? (fromHeld[key] ?? 0) + (fromStorage[key] ?? 0) + (owed[key] ?? 0) : 0;
    if (back !== told) return { ...where, expected: `${back} taken back`, found: `${told} told` };
    const inFlight = after.allocated - after.received;
    const comes = Math.max(0, Math.min(before.received - after.received, inFlight));
    const toldAgain = own ? (again[key] ?? 0) : 0;
    if (comes !== toldAgain) return { ...where, expected: `${comes} that come again`, found: `${toldAgain} told` };
    const debt = own ? (owed[key] ?? 0) : 0;
    if (after.debt > before.debt + debt)
      return { ...where, expected: `debt ≤ ${before.debt + debt}`, found: `debt ${after.debt}` };
  }
  return undefined;
};
