import fc from "fast-check";
import { instanceId, slaveId } from "#core/ids";
import { resourceKey } from "#core/resource";
import { isSignalKey, signalOf, wrap32 } from "#core/signal";
import { decodeToken, encodeToken, parseCircuitSubject, parseSignalSubject, subjects } from "#core/subjects";

const anyText = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 });

test("every channel's name is one token, and is read back from it; nothing else is read", () => {
  fc.assert(
    fc.property(anyText, (channel) => {
      expect(decodeToken(encodeToken(channel))).toBe(channel);
      const [slave, instance] = [slaveId("alpha"), instanceId("north")];
      expect(parseCircuitSubject(subjects.circuit(slave, instance, channel))).toEqual({ slave, instance, channel });
      expect(parseSignalSubject(subjects.signal(channel, instance))).toEqual({ channel, instance });
    }),
  );
  for (const bad of ["", "_", "_4", "_zz", "_41", "_c3_a4", "a b", "ä", "_FF", "a_"])
    expect(decodeToken(bad)).toBeUndefined();
});

test("a signal's key names its type, and normal quality is left out", () => {
  for (const good of ["item:coal", "item:coal:rare", "virtual:signal-A", "space-location:vulcanus", "quality:rare"])
    expect(isSignalKey(good)).toBe(true);
  for (const bad of ["coal", "item:", "item:coal:normal", "things:coal", "item:coal:rare:x", "energy"])
    expect(isSignalKey(bad)).toBe(false);
});

test("temperatures of a fluid share a signal, and energy has one of its own", () => {
  const shown = ["item:coal:rare", "fluid:steam:165", "fluid:steam:500", "energy"].map((key) =>
    signalOf(resourceKey(key)),
  );
  expect(shown).toEqual(["item:coal:rare", "fluid:steam", "fluid:steam", "virtual:signal-cluster-energy"]);
});

test("sums wrap at 32 bits, in whatever order they are made", () => {
  expect([2 ** 31, 2 ** 31 - 1, -(2 ** 31), -(2 ** 31) - 1, 2 ** 32, 0].map(wrap32)).toEqual([
    -(2 ** 31),
    2 ** 31 - 1,
    -(2 ** 31),
    2 ** 31 - 1,
    0,
    0,
  ]);
  const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  fc.assert(
    fc.property(fc.array(int32, { maxLength: 20 }), (values) => {
      const there = values.reduce((sum, value) => wrap32(sum + value), 0);
      const back = [...values].reverse().reduce((sum, value) => wrap32(sum + value), 0);
      expect(there).toBe(back);
      expect(there).toBe(values.reduce((sum, value) => (sum + value) | 0, 0));
    }),
  );
});
