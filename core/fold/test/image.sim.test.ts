import { stateFromImage } from "#core/fold/evolve";
import { hashOf, imageOf, joinImages, prepareAtOnce } from "#core/fold/image";
import { newState, stockOf } from "#core/fold/state";
import { Fold } from "#core/fold/test/kit";
import { resourceKey } from "#core/resource";

/** A checkpoint of any state is messages that fit, and together they are the state. */
const PART_BYTES_MAX = 1_000_000;

test("50,000 stocks and 1,000 instances go into parts that fit a message, and are whole when joined", () => {
  const state = newState();
  const f = new Fold(state);
  for (let n = 0; n < 1_000; n++) {
    const config = { name: `${"x".repeat(90)}${n}`, seed: n, autosaveSeconds: 0 };
    f.write({ type: "instance-created", data: { user: "op", instance: `i-${n}` as never, config } });
  }
  for (let n = 0; n < 50_000; n++) {
    const stock = stockOf(state, resourceKey(`item:part-of-some-length-${n}`));
    Object.assign(stock, { storage: n + 1, adjusted: n + 1 });
  }
  const image = imageOf(state);
  const parts = prepareAtOnce(image).parts;
  expect(parts.length).toBeGreaterThan(2);
  for (const part of parts) expect(JSON.stringify(part).length).toBeLessThan(PART_BYTES_MAX);
  const joined = joinImages(parts.map((part) => structuredClone(part)));
  expect(hashOf(joined)).toBe(hashOf(image));
  const at = { round: state.round, boot: state.boot, closedAt: state.closedAt, chain: state.chain };
  expect(hashOf(imageOf(stateFromImage(joined, at)))).toBe(hashOf(image));
});

test("a small state is one part, and one of tiny parts is the same state", () => {
  const f = new Fold();
  f.assign("a");
  f.sync("a.1", { exported: { energy: 5 } });
  f.round();
  const image = imageOf(f.state);
  expect(prepareAtOnce(image).parts).toHaveLength(1);
  expect(hashOf(joinImages(prepareAtOnce(image, 10).parts))).toBe(hashOf(image));
});
