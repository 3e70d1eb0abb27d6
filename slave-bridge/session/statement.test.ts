import { pageOf } from "#bridge/session/statement";

/** What a world holds, by pages that miss nothing and say nothing twice. */
const key = (n: number) => `item:r${String(n).padStart(5, "0")}`;

test("page by page every total is said once, in the order of their resources", () => {
  const exported: Record<string, number> = {};
  const received: Record<string, number> = {};
  // In no order, and a third of them on one side only.
  for (let n = 8_999; n >= 0; n--) {
    if (n % 3 > 0) exported[key(n)] = n + 1;
    if (n % 3 < 2) received[key(n)] = n + 2;
  }
  const pages: ReturnType<typeof pageOf>[] = [];
  for (let after: string | undefined = ""; after !== undefined; after = pages.at(-1)!.next)
    pages.push(pageOf(exported, received, after));
  expect(pages.map(({ next }) => next)).toEqual([key(3_999), key(7_999), undefined]);
  for (const page of pages) {
    const keys = new Set([...Object.keys(page.exported), ...Object.keys(page.received)]);
    expect(keys.size).toBe(page === pages[2] ? 1_000 : 4_000);
  }
  expect(Object.assign({}, ...pages.map((page) => page.exported))).toEqual(exported);
  expect(Object.assign({}, ...pages.map((page) => page.received))).toEqual(received);
});

test("what is nothing is not said, and behind the last there is no page", () => {
  expect(pageOf({ [key(1)]: 0, [key(2)]: 5 }, { [key(1)]: 3 }, "")).toEqual({
    ...{ exported: { [key(2)]: 5 }, received: { [key(1)]: 3 } },
  });
  expect(pageOf({ [key(1)]: 1 }, {}, key(1))).toEqual({ exported: {}, received: {} });
});
