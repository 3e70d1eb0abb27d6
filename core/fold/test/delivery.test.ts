import { decodeJson, encodeJson } from "#core/events/codec";
import { DELIVERY_BYTES_MAX, DELIVERY_KEYS_MAX, delivery } from "#core/events/delivery";
import { deliveryOf } from "#core/fold/delivery";
import { BOOT, Fold } from "#core/fold/test/kit";
import { resourceKey } from "#core/resource";

/** What a delivery has room for: a world with any number of resources in flight is told about all of them, in turn. */
const TOKEN = "aaaaaaaaaaaa1";

/** A cluster in which world a.1 wants one of each resource, and has been granted it. */
const granted = (keys: readonly string[]): Fold => {
  const f = new Fold();
  f.assign("a");
  for (const key of keys)
    f.write({ type: "adjusted", data: { user: "op", resource: resourceKey(key), amount: 1, reason: "" } });
  f.sync("a.1", { token: TOKEN, wanted: Object.fromEntries(keys.map((key) => [key, 1])) });
  f.round();
  return f;
};

const toldTo = (f: Fold, world = "a.1"): Record<string, number> => {
  const instance = f.state.instances.get("a" as never)!;
  const bytes = encodeJson(deliveryOf(f.state, instance, BOOT as never));
  const { worlds } = decodeJson(delivery, bytes, "the delivery");
  return new Map(Object.entries(worlds)).get(world)!.allocated;
};

test("more resources in flight than a delivery names come in the deliveries after those that were taken in", () => {
  const keys = Array.from({ length: 2 * DELIVERY_KEYS_MAX + 500 }, (_, n) => `item:part-${n}`);
  const f = granted(keys);
  const seen = new Set<string>();
  for (let n = 1; n <= 3; n++) {
    const received = toldTo(f);
    expect(toldTo(f)).toEqual(received);
    expect(Object.keys(received)).toHaveLength(n < 3 ? DELIVERY_KEYS_MAX : 500);
    for (const key in received) seen.add(key);
    f.report("a.1", { seq: n, received });
    f.round();
  }
  expect([...seen].sort()).toEqual([...keys].sort());
  expect(toldTo(f)).toEqual({});
});

test("resources with long names are fewer in a delivery, so that it fits the broker's payload limit", () => {
  const keys = Array.from({ length: 1_500 }, (_, n) => `item:${"n".repeat(190)}${n}:${"q".repeat(199)}`);
  const told = toldTo(granted(keys));
  expect(Object.keys(told).length).toBeGreaterThan(1_000);
  expect(JSON.stringify(told).length).toBeLessThanOrEqual(DELIVERY_BYTES_MAX);
});

test("what is in flight to a world that has ended does not take the room of the one that runs", () => {
  const keys = Array.from({ length: DELIVERY_KEYS_MAX }, (_, n) => `item:part-${n}`);
  const f = granted(keys);
  f.write({ type: "adjusted", data: { user: "op", resource: resourceKey("energy"), amount: 7, reason: "" } });
  f.sync("a.2", { token: "aaaaaaaaaaaa2", wanted: { energy: 7 } });
  f.round();
  expect(toldTo(f, "a.2")).toEqual({ energy: 7 });
});
