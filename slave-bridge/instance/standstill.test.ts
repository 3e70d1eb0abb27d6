import { newRecord } from "#bridge/instance/record";
import { FolderWork, heldFor, refuseMoving, released, settled } from "#bridge/instance/standstill";
import { instanceId, slaveId } from "#core/ids";

const attic = slaveId("attic");
const record = newRecord(instanceId("north"), { name: "North", seed: 1, autosaveSeconds: 0 });
const running = { ...record, desired: "running" as const };
const refused = (text: string) => expect.objectContaining({ code: "refused", message: expect.stringContaining(text) });
const thrownBy = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

test("what is on its way to one slave is not on its way to another, and said twice it is what it was (SD2)", () => {
  const held = heldFor(running, attic);
  expect(held).toEqual({ ...running, moving: { to: attic, ran: true } });
  expect(heldFor(record, attic).moving).toEqual({ to: attic, ran: false });
  // By then it is stopped: that it ran is known from before.
  const stopped = { ...held, desired: "stopped" as const };
  expect(heldFor(stopped, attic)).toBe(stopped);
  const advice = "clusterio instance move north --to attic goes on with that, with --abort it ends it";
  expect(thrownBy(() => heldFor(held, slaveId("cellar")))).toEqual(refused(`on its way to attic: ${advice}`));
  expect(thrownBy(() => refuseMoving(held))).toEqual(refused(`being moved to attic: ${advice}`));
  expect(thrownBy(() => refuseMoving(record))).toBeUndefined();
});

test("what is given back is what it was, in one step (SD3); what has settled came from nowhere", () => {
  const stopped = { ...record, desired: "stopped" as const };
  expect(released({ ...stopped, moving: { to: attic, ran: true } })).toEqual(running);
  expect(released({ ...stopped, moving: { to: attic, ran: false } })).toEqual(stopped);
  expect(settled({ ...record, arrived: { from: "home", ran: true } })).toEqual(record);
});

test("one thing at a time is done in a folder, while its game is at rest, and whoever fails does not hold it (SD1)", async () => {
  const folder = new FolderWork("north");
  let finish = () => {};
  const first = folder.during("a new map is being made", "failed", () => new Promise<void>((done) => (finish = done)));
  expect(thrownBy(() => folder.refuse())).toEqual(refused("north: a new map is being made; try again"));
  await expect(folder.during("a second", "stopped", async () => {})).rejects.toEqual(refused("a new map"));
  finish();
  await first;
  await expect(folder.during("a third", "running", async () => {})).rejects.toEqual(
    refused("is running: stop it first"),
  );
  await expect(folder.during("a fourth", "stopped", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await folder.during("a fifth", "stopped", async () => "done")).toBe("done");
});
