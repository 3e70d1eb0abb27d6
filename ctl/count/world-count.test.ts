import { parseWorldCount } from "#ctl/count/world-count";

const whole = '{"tick":7,"frozen":true,"produced":{"item:coal":3},"consumed":{},"held":{"item:coal":3}}\n';

test("a world's count is read as it was printed", () => {
  expect(parseWorldCount(whole, "a")).toEqual({
    frozen: true,
    produced: { "item:coal": 3 },
    consumed: {},
    held: { "item:coal": 3 },
  });
});

test("Lua's empty list is an empty count", () => {
  expect(parseWorldCount(whole.replace("{}", "[]"), "a").consumed).toEqual({});
});

test.each([
  ["a game without the demo mod", "Unknown command: demo-count"],
  ["nothing", ""],
  ["no text", undefined],
  ["a fraction", whole.replace("3", "3.5")],
  ["a name that is no resource", whole.replaceAll("item:coal", "coal")],
])("%s is not a count: said with the instance's name, and worth another try", (_, text) => {
  expect(() => parseWorldCount(text, "north")).toThrow(
    expect.objectContaining({ code: "unavailable", message: expect.stringContaining("north") }),
  );
});
