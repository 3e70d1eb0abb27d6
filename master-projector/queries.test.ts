import type { SignedAssignment } from "#core/fold/outcome";
import { BOOT, Fold } from "#core/fold/test/kit";
import { instanceId, slaveId } from "#core/ids";
import { linkAnswer } from "#projector/queries";

/** What a bridge that asks `link` is told. */
const assignments = {
  sign: (assignment: SignedAssignment) => JSON.stringify(assignment),
  verify: (text: string) => (text.startsWith("{") ? (JSON.parse(text) as SignedAssignment) : undefined),
};
const signed = (epoch: number, slave = "s1", instance = "a") =>
  assignments.sign({ instance: instanceId(instance), slave: slaveId(slave), epoch });
const ask = (f: Fold, assignment?: string, slave = "s1") =>
  linkAnswer(
    f.state,
    { slave: slaveId(slave), boot: BOOT as never },
    { instance: "a", epoch: 0, ...(assignment === undefined ? {} : { assignment }) },
    assignments,
  );

test("the slave that the ledger names is told its instance, any other one that it is not its own", () => {
  const f = new Fold();
  f.assign("a", "s1", 7);
  expect(ask(f)).toMatchObject({ ok: { epoch: 7, assignment: signed(7), config: { name: "a" } } });
  expect(ask(f, undefined, "s2")).toEqual({ notYours: { epoch: 7 } });
});

test("◇ a higher epoch that a leader signed outranks a ledger that forgot it", () => {
  const f = new Fold();
  expect(ask(f, signed(9))).toMatchObject({ ok: { epoch: 9, owner: "", assignment: signed(9) } });
  // The bridge keeps its own copy of what the ledger does not know.
  expect(ask(f, signed(9))).not.toHaveProperty("ok.config");
  f.assign("a", "s2", 7);
  expect(ask(f, signed(9))).toMatchObject({ ok: { epoch: 9, assignment: signed(9) } });
  // Answering decides nothing: the ledger learns of it by the sync.
  expect(f.state.instances.get(instanceId("a"))).toMatchObject({ slave: "s2", epoch: 7 });
});

test("◇ nothing but a valid signature for this slave and instance with a higher epoch does", () => {
  const f = new Fold();
  f.assign("a", "s2", 7);
  for (const held of [signed(7), signed(6), signed(9, "s3"), signed(9, "s1", "b"), "forged"])
    expect(ask(f, held)).toEqual({ notYours: { epoch: 7 } });
});
