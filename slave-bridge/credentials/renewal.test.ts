import { type Renewable, Renewal } from "#bridge/credentials/renewal";
import { unavailable } from "#core/errors";
import { ManualClock } from "#core/ports/memory/manual-clock";

const DAY = 86_400_000;
const HOUR = DAY / 24;

/** Time passes an hour at a time, and whatever was begun comes to its end. */
const pass = async (clock: ManualClock, ms: number): Promise<void> => {
  for (let left = ms; left > 0; left -= HOUR) {
    await clock.advance(Math.min(left, HOUR));
    for (let n = 0; n < 5; n++) await new Promise((resolve) => setImmediate(resolve));
  }
};

/** A bridge whose credentials are of thirty days, and a master that may be away. */
const begin = (given: Partial<Renewable> = {}) => {
  const clock = new ManualClock();
  const at = clock.now();
  let current: Renewable = { issued: at, expires: at + 30 * DAY, signer: "OLD", ...given };
  const told = { steps: [] as string[], said: [] as string[], fails: undefined as string | undefined };
  const step = (name: string) => async () => {
    told.steps.push(name);
    if (told.fails === name) throw unavailable(`${name} does not work`);
    return new Uint8Array();
  };
  const renewal = new Renewal({
    clock,
    journal: (level, message) => told.said.push(`${level} ${message}`),
    current: () => current,
    ask: step("ask"),
    prove: async () => void (await step("prove")()),
    keep: async () => void (await step("keep")()),
    use: async () => {
      await step("use")();
      current = { issued: clock.now(), expires: clock.now() + 30 * DAY, signer: "NEW" };
    },
  });
  return { clock, told, renewal, current: () => current, at };
};

test("CR1 at two thirds of their life they are asked for, proved, kept, then used; until then nobody is asked", async () => {
  const { clock, told, renewal, current, at } = begin();
  await pass(clock, 20 * DAY - 1);
  expect(told.steps).toEqual([]);
  await pass(clock, 1_000);
  expect(told.steps).toEqual(["ask", "prove", "keep", "use"]);
  expect(current().expires).toBeGreaterThan(at + 49 * DAY);
  await pass(clock, 10 * DAY);
  expect([told.steps.length, renewal.problem]).toEqual([4, undefined]);
  expect(told.said).toEqual([expect.stringContaining("info the credentials of this slave are renewed")]);
  await renewal.close();
});

test.each(["ask", "prove", "keep", "use"])(
  "CR1, CR2 when %s fails the ones before go on, it is told once an hour, and tried again until it works",
  async (failing) => {
    const { clock, told, renewal, current } = begin();
    told.fails = failing;
    await pass(clock, 20 * DAY + 1_000);
    expect([renewal.problem, current().signer]).toEqual([`${failing} does not work`, "OLD"]);
    for (let n = 0; n < 24; n++) await pass(clock, HOUR / 8);
    const alarms = told.said.filter((line) => line.startsWith("error") && line.includes("#credentials-end"));
    expect(alarms.length).toBeGreaterThanOrEqual(3);
    expect(alarms.length).toBeLessThanOrEqual(4);
    expect(told.steps.filter((name) => name === "ask").length).toBeGreaterThan(12);
    told.fails = undefined;
    await pass(clock, 10 * 60_000 + 1_000);
    expect([renewal.problem, current().signer]).toEqual([undefined, "NEW"]);
    await renewal.close();
  },
);

test("CR3 what the master says is to be renewed is renewed at once, once, however long it is good", async () => {
  const { clock, told, renewal } = begin();
  renewal.demand("OLD");
  await pass(clock, 1_000);
  expect(told.steps).toEqual([]);
  renewal.demand("NEW");
  await pass(clock, 1_000);
  renewal.demand("NEW");
  await pass(clock, DAY);
  expect(told.steps).toEqual(["ask", "prove", "keep", "use"]);
  // Another one is another matter, and a master whose word and key differ is no reason to ask for ever.
  renewal.demand("NEWER");
  await pass(clock, DAY);
  expect(told.steps).toHaveLength(8);
  await renewal.close();
});

test("credentials that do not end are never renewed by themselves", async () => {
  const { expires: _, ...endless } = begin().current();
  const clock = new ManualClock();
  const asked: string[] = [];
  const nothing = async () => {};
  const renewal = new Renewal({
    ...{ clock, journal: () => {}, prove: nothing, keep: nothing, use: nothing, current: () => endless },
    ask: async () => {
      asked.push("ask");
      return new Uint8Array();
    },
  });
  await pass(clock, 100 * DAY);
  expect(asked).toEqual([]);
  await renewal.close();
});
