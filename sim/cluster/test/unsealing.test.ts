import { seal, unseal } from "#core/events/ledger-codec";
import { newState } from "#core/fold/state";
import { instanceId } from "#core/ids";
import { unsealOnce } from "#sim/cluster/unsealing";

const stored = (() => {
  const header = { boot: "000000000-aaaa", now: 1 };
  const config = { name: "a", seed: 1, autosaveSeconds: 60 };
  const data = { user: "u", instance: instanceId("a1"), config };
  const { subject, bytes } = seal(newState(), header, { type: "instance-created", data });
  return { seq: 1, subject, data: bytes, time: 0 };
})();

test("a message is read once for all, as the shipped code reads it, and nobody can change what was read", () => {
  const read = unsealOnce();
  const first = read(stored);
  expect(first).toEqual(unseal(stored));
  expect(first.kind).toBe("message");
  expect(read(stored)).toBe(first);
  const { message } = first as { message: { data: { config: { name: string } } } };
  expect(() => {
    message.data.config.name = "b";
  }).toThrow(TypeError);
});

test("bits that change make another message, which is read anew", () => {
  const read = unsealOnce();
  read(stored);
  const data = stored.data.slice();
  data[20]! ^= 1;
  expect(read({ ...stored, data }).kind).not.toBe("message");
});
