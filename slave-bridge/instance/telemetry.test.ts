import { portsOf, type Shown, telemetryOf } from "#bridge/instance/telemetry";
import { instanceId } from "#core/ids";

const north = instanceId("north");
const config = { name: "North", seed: 1, autosaveSeconds: 0 };
const shown: Shown = {
  ...{ phase: "running", listens: undefined, attached: false, linked: false, config, world: "", alarms: undefined },
  players: 0,
};
const measured = { tick: 7, latencyMs: [] };

test("only what is so is shown, and an alarm as far as anybody reads it", () => {
  const bare = telemetryOf(shown, measured);
  expect(Object.keys(bare).sort()).toEqual(["config", "latencyMs", "linked", "name", "state", "tick"]);
  expect(telemetryOf({ ...shown, alarms: "x".repeat(20_000), players: 2, attached: true }, measured)).toMatchObject({
    ...{ alarm: "x".repeat(10_000), players: 2, attached: true },
  });
});

test("the ports of an instance are those of its running game, else those that it is to have", () => {
  const wanted = { ...config, ports: { game: 34_197 } };
  expect(portsOf(north, undefined, wanted)).toEqual([{ kind: "game", port: 34_197, by: north }]);
  expect(portsOf(north, { game: 5, rcon: 6 }, wanted)).toEqual([
    { kind: "game", port: 5, by: north },
    { kind: "rcon", port: 6, by: north },
  ]);
  expect(portsOf(north, undefined, config)).toEqual([]);
});
