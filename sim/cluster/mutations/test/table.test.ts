import { packageRoot } from "#core/adapters/package-root";
import { mutatedFiles } from "#sim/cluster/mutations/compile";
import { edited } from "#sim/cluster/mutations/mutation";
import { MUTATIONS } from "#sim/cluster/mutations/table";

test("every mutation's text stands in its file exactly once, and what comes of it is JavaScript", () => {
  for (const mutation of MUTATIONS) expect(mutatedFiles(packageRoot(), mutation).size).toBeGreaterThan(0);
});

test("a mutation has a name of its own", () => {
  expect(new Set(MUTATIONS.map(({ name }) => name)).size).toBe(MUTATIONS.length);
});

test("a text that is not there, or there twice, is refused with the mutation's name", () => {
  const edit = { file: "core/some.ts", text: "a = 1;", replacement: "a = 2;" };
  expect(edited("one", "let a = 1;", edit)).toBe("let a = 2;");
  expect(() => edited("none", "let b = 1;", edit)).toThrow(/mutation "none": its text stands 0 times in core\/some.ts/);
  expect(() => edited("two", "a = 1; a = 1;", edit)).toThrow(/mutation "two": its text stands 2 times/);
});

test("a mutation that changes nothing is refused", () => {
  const same = { file: "core/some.ts", text: "a = 1;", replacement: "a = 1;" };
  expect(() => edited("idle", "a = 1;", same)).toThrow(/mutation "idle" changes nothing/);
});
