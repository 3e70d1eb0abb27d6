import { type Figure, isMet } from "#bench/kit/figure";
import { jsonLine, table } from "#bench/kit/report";
import { inTurn, median, percentile } from "#bench/kit/statistics";

const MACHINE = { cpu: "a CPU", cores: 2, node: "20.0.0", natsServer: "2.14.0" };
const FOLD: Figure = {
  name: "fold",
  what: "facts folded",
  value: 41_234.5,
  unit: "/s",
  aim: { sense: "at least", value: 30_000 },
  ratioAim: { sense: "at least", value: 0.5 },
  reference: { what: "only read", value: 60_000, unit: "/s" },
};
const LATENCY: Figure = {
  name: "latency",
  what: "fact to delivery",
  value: 3,
  unit: "ms",
  aim: { sense: "under", value: 3 },
  reference: { what: "echo", value: 1.5, unit: "ms" },
};
const { aim: _aim, ...SHOWN } = LATENCY;

describe("what is promised", () => {
  test("a figure that reaches its aim and its part of the reference is met", () => {
    expect(isMet(FOLD)).toBe(true);
  });

  test("a figure that reaches only one of both is not", () => {
    expect(isMet({ ...FOLD, value: 29_999 })).toBe(false);
    expect(isMet({ ...FOLD, reference: { ...FOLD.reference, value: 100_000 } })).toBe(false);
  });

  test("under an aim is below it, not at it", () => {
    expect(isMet(LATENCY)).toBe(false);
    expect(isMet({ ...LATENCY, value: 2.99 })).toBe(true);
  });

  test("what nobody promised is neither met nor missed", () => {
    expect(isMet(SHOWN)).toBeUndefined();
  });
});

describe("the table", () => {
  const lines = table([FOLD, LATENCY, SHOWN]).split("\n");

  test("every line has the same width and columns", () => {
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    expect(new Set(lines.map((line) => line.split("|").length))).toEqual(new Set([9]));
  });

  test("a figure stands beside its aim, its verdict and its reference", () => {
    const cells = (lines[2] ?? "").split("|").map((cell) => cell.trim());
    const aims = "at least 30,000 /s, at least 0.5 of it";
    expect(cells).toEqual(["", "fold", "facts folded", "41,235 /s", aims, "met", "60,000 /s (only read)", "0.687", ""]);
    expect(lines[3]).toContain("| MISSED |");
    expect(lines[4]).not.toMatch(/met|MISSED/);
  });
});

describe("the JSON line", () => {
  test("is one line with the machine, every figure and whether it is met", () => {
    const line = jsonLine(MACHINE, [FOLD, SHOWN]);
    expect(line).not.toContain("\n");
    expect(JSON.parse(line)).toEqual({
      machine: MACHINE,
      figures: [
        { ...FOLD, ratio: 0.687, met: true },
        { ...SHOWN, ratio: 2 },
      ],
    });
  });
});

describe("statistics", () => {
  test("percentiles are values that were measured", () => {
    expect(median([5, 1, 3])).toBe(3);
    expect(median([4, 1, 3, 2])).toBe(2);
    expect(percentile([1, 2, 3, 4], 99)).toBe(4);
    expect(median([])).toBeNaN();
  });

  test("things are measured in turn, and the first turn does not count", async () => {
    const order: string[] = [];
    const thing = (name: string, values: number[]) => () => {
      order.push(name);
      return values.shift() ?? 0;
    };
    const medians = await inTurn(3, [thing("a", [99, 3, 1, 2]), thing("b", [99, 7, 9, 8])]);
    expect(medians).toEqual([2, 8]);
    expect(order.join("")).toBe("abababab");
  });
});
