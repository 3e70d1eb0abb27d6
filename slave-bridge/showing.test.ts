import { scene, slave } from "#bridge/test/bridge-scene";
import { decodeJson } from "#core/events/codec";
import { slaveTelemetry } from "#core/events/telemetry";
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
