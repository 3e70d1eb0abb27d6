import { encodeCompact } from "./compact-payload";

test("the protocol's example is written as it says", () => {
  expect(
    encodeCompact([
      [0, 5],
      [3, 40],
    ]),
  ).toBe("AFCoB");
});
