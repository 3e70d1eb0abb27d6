import { levelBytes } from "#bench/figures/level-bytes";
import { rconBytes } from "#bench/figures/rcon-bytes";
import { CATALOGUE } from "#bench/load/catalogue";
import { ledgerHistory } from "#bench/load/ledger-history";
import { KEYS, stateBefore, storedFacts } from "#bench/load/stored-facts";
import { FIGURE_NAMES } from "#bench/scenarios";
import { decodeFact } from "#core/events/fact-decoder";
import { evolveFact } from "#core/fold/evolve-fact";

const FACTS = 60;
const WORLDS = 7;

test("no name of the catalogue stands in it twice", () => {
  expect(new Set(CATALOGUE).size).toBe(CATALOGUE.length);
});

test("stored facts are the same in every run", () => {
  expect(storedFacts(FACTS, WORLDS)).toEqual(storedFacts(FACTS, WORLDS));
});

test("each stored fact states 20 exports and 20 wants with what was received, and all of it counts", () => {
  const state = stateBefore(WORLDS);
  for (const { subject, data } of storedFacts(FACTS, WORLDS)) {
    const decoded = decodeFact(subject, data);
    if (decoded.kind !== "fact" || decoded.fact.type !== "world-reported") throw new Error(JSON.stringify(decoded));
    const { exported, received, wanted } = decoded.fact.data;
    expect([exported, received, wanted].map((vector) => Object.keys(vector).length)).toEqual([KEYS, KEYS, KEYS]);
    expect(evolveFact(state, decoded.fact, 1)).toBe("applied");
  }
  expect(state.changes.accounts).toHaveLength(WORLDS * 2 * KEYS);
  expect([...state.stocks.values()].filter(({ imbalance, shortfall }) => imbalance !== 0 || shortfall !== 0)).toEqual(
    [],
  );
});

test("imports of many resources cost less than 6 bytes each, and always less than JSON", () => {
  const figures = rconBytes();
  expect(figures.map(({ value, reference }) => value < reference.value)).not.toContain(false);
  expect(figures.filter(({ value }) => value < 6).length).toBeGreaterThanOrEqual(3);
});

test("400 levels take less than 1,600 bytes and a fifth of what JSON takes, told first as well as changed", () => {
  const figures = levelBytes();
  expect(figures).toHaveLength(2);
  for (const { value, reference } of figures) {
    expect(value).toBeGreaterThan(400);
    expect(value).toBeLessThan(1_600);
    expect(value).toBeLessThan(reference.value / 5);
  }
});

test("every figure has a name for --only", () => {
  expect([...FIGURE_NAMES].sort()).toEqual([
    "allocation",
    "audit",
    "audit-size",
    "chest",
    "fold",
    "instances",
    "latency",
    "ledger",
    "live",
    "memory",
    "rcon",
    "start",
    "ticks",
  ]);
});

test("a ledger's history is one chain, with its checkpoints, and the same in every run", () => {
  const size = { facts: 500, worlds: WORLDS, factsPerRound: 20, tail: 10 };
  const messages = [...ledgerHistory(size)];
  expect(messages.map(({ hash }) => hash)).toEqual([...ledgerHistory(size)].map(({ hash }) => hash));
  expect(messages.slice(1).map(({ message }) => message.data.prev)).toEqual(
    messages.slice(0, -1).map(({ hash }) => hash),
  );
  const types = messages.map(({ message }) => message.type);
  expect(types.filter((type) => type === "round")).toHaveLength(25);
  expect(types.slice(types.lastIndexOf("checkpoint") + 1)).toHaveLength(10);
});
