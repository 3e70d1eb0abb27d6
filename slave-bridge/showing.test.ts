import type { InstanceRunner } from "#bridge/instance/runner";
import type { BridgeContext } from "#bridge/ports";
import { Showing } from "#bridge/showing";
import { scene, slave } from "#bridge/test/bridge-scene";
import { decodeJson } from "#core/events/codec";
import { slaveTelemetry } from "#core/events/telemetry";
import { type InstanceId, instanceId } from "#core/ids";
import { subjects } from "#core/subjects";

test("the bridge tells who it is and what it runs", async () => {
  const { open, outside, advance } = scene();
  const about: unknown[] = [];
  outside.subscribe(subjects.telemetry(slave, "_"), ({ data }) =>
    about.push(decodeJson(slaveTelemetry, data, "about")),
  );
  const { bridge } = await open();
  await advance(5_000);
  expect(about.at(-1)).toEqual({ boot: bridge.boot, version: "0.1.0", game: "fake", instances: [] });
  await bridge.close();
});

test("what changed is told once, what is asked for between two times is what was told last, of those that are there", () => {
  const published: string[] = [];
  const bus = { publish: (subject: string) => void published.push(subject) };
  const context = {
    ...{ settings: { slave, version: "0.1.0", install: { name: "fake" } }, boot: "b", ports: { bus } },
  } as unknown as BridgeContext;
  const runners = new Map<InstanceId, InstanceRunner>();
  const showing = new Showing(context, runners);
  const add = (name: string) => {
    const instance = instanceId(name);
    const telemetry = () => ({ state: "stopped", latencyMs: [1, 2] });
    runners.set(instance, { instance, telemetry } as unknown as InstanceRunner);
    return instance;
  };
  const south = add("south");
  showing.changed(add("north"));
  showing.changed(south);
  showing.tellChanged();
  showing.tellChanged();
  expect(published).toHaveLength(2);
  // What it measured is told once: nobody is to count it twice.
  expect(showing.status()).toMatchObject({ instances: ["north", "south"], told: { south: { state: "stopped" } } });
  expect(JSON.stringify(showing.status())).not.toContain("latencyMs");
  runners.delete(south);
  expect(showing.status().told).not.toHaveProperty("south");
  for (let n = 0; n < 1_500; n++) add(`i${n}`);
  expect(showing.status().instances).toHaveLength(1_000);
});
