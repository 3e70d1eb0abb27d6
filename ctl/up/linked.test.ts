import type { InstanceView, WorldView } from "#core/events/query";
import type { InstanceTelemetry, SlaveTelemetry } from "#core/events/telemetry";
import { slaveId } from "#core/ids";
import { type Heard, linking } from "#ctl/up/linked";
import { wantedWorlds } from "#ctl/up/worlds";

const instance = (id: string, slave = "local"): InstanceView => ({
  instance: id,
  config: { name: id, seed: 0, autosaveSeconds: 10 },
  slave,
  epoch: 1,
  generation: 1,
  owner: "",
});
const world = (id: string, open = true) => ({ world: `${id}.1`, instance: id, open }) as WorldView;
const says = (state: InstanceTelemetry["state"], linked = false, alarm?: string): InstanceTelemetry => ({
  state,
  linked,
  tick: 0,
  latencyMs: [],
  ...(alarm === undefined ? {} : { alarm }),
});
const bridge = (...instances: string[]) => ({ instances }) as unknown as SlaveTelemetry;
const heard = (change: Partial<Heard>): Heard => ({
  slave: slaveId("local"),
  instances: [instance("a"), instance("b")],
  worlds: [world("a"), world("b")],
  telemetry: { a: says("running", true), b: says("running", true) },
  bridge: bridge("a", "b"),
  ...change,
});

test("linked when bridge and ledger agree on every world", () => {
  expect(linking(heard({}))).toEqual({ kind: "linked", instances: ["a", "b"] });
});

test("one side alone is not enough", () => {
  expect(linking(heard({ worlds: [world("a"), world("b", false)] })).kind).toBe("waiting");
  expect(linking(heard({ telemetry: { a: says("running", true), b: says("running") } })).kind).toBe("waiting");
  expect(linking(heard({ bridge: undefined })).kind).toBe("waiting");
});

test("what only the bridge knows is waited for: the ledger may have lost it", () => {
  expect(
    linking(heard({ instances: [instance("a")], worlds: [world("a")], telemetry: { a: says("running", true) } })),
  ).toEqual({
    kind: "waiting",
    line: "waiting for b (not heard of)",
  });
});

test("another slave's instances, and those that an operator stopped, are not waited for", () => {
  const found = linking(
    heard({
      instances: [instance("a"), instance("b"), instance("c", "far")],
      telemetry: { a: says("running", true), b: says("stopped") },
    }),
  );
  expect(found).toEqual({ kind: "linked", instances: ["a"] });
});

test("a game that does not start ends the waiting with its words", () => {
  expect(
    linking(heard({ telemetry: { a: says("failed", false, "no mod\nlast line"), b: says("running", true) } })),
  ).toEqual({
    kind: "failed",
    line: "a does not start: no mod\nlast line",
  });
});

test("worlds have names, and seeds that give each its role", () => {
  expect(wantedWorlds(4)).toEqual([
    { name: "Iron", seed: 0 },
    { name: "Copper", seed: 1 },
    { name: "Circuits", seed: 2 },
    { name: "Iron 2", seed: 3 },
  ]);
});
