import fc from "fast-check";
import { patchedConfig } from "#core/config-patch";
import type { InstanceConfig } from "#core/instance-config";
import { differenceOf, entriesBelow, entriesOf, patchFrom, unsetting, valueFrom } from "#ctl/instance/config-text";

const config: InstanceConfig = { name: "North", seed: 7, autosaveSeconds: 0, ports: { game: 5 } };
const messageOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
};

test.each([
  ["game", "2.0", "2.0"],
  ["settings.allow_commands", "true", "true"],
  ["ports.game", "34197", 34_197],
  ["settings.auto_pause", "true", true],
  ["settings.tags", "a,b", ["a", "b"]],
  ["settings.tags", '["a,b"]', ["a,b"]],
  ["settings.tags", "a,,b,", ["a", "b"]],
  ["settings.description", "{not json", "{not json"],
  ["start", "boot", "boot"],
  ["ports", '{"game":5}', { game: 5 }],
  ["ports.game", "many", "many"],
])("%s=%s means %j", (key, text, value) => {
  expect(valueFrom(key, text)).toEqual(value);
});

test("assignments become one change, in which a later one counts", () => {
  expect(patchFrom(["ports.game=1", "ports.rcon=2", "settings.name=a=b", "ports.game=3"])).toEqual({
    ...{ ports: { game: 3, rcon: 2 }, settings: { name: "a=b" } },
  });
  expect(unsetting(["ports.game", "save"])).toEqual({ ports: { game: null }, save: null });
  for (const text of ["ports.game", "=1", "a..b=1", "__proto__.x=1", "constructor.__proto__=1"])
    expect(messageOf(() => patchFrom([text]))).toMatch(/is no KEY=VALUE/);
  expect(messageOf(() => patchFrom(["save="]))).toMatch(/config unset/);
  for (const key of ["", "a..b", "__proto__.x"]) expect(messageOf(() => unsetting([key]))).toMatch(/is no key/);
  // A key and what is below it: the later one counts.
  expect(patchFrom(["ports=null", "ports.game=5"])).toEqual({ ports: { game: 5 } });
});

test("what is set is listed by key, and a key that there is not is refused", () => {
  expect(entriesOf(config)).toEqual([
    ["seed", "7"],
    ["autosaveSeconds", "0"],
    ["ports.game", "5"],
  ]);
  expect(entriesBelow(config, "ports")).toEqual([["ports.game", "5"]]);
  expect(entriesBelow(config, "settings.tags")).toEqual([]);
  const said = { ...config, settings: { autosave_slots: 3, auto_pause: true, auto_pause_when_players_connect: true } };
  expect(entriesBelow(said, "settings.auto_pause")).toEqual([["settings.auto_pause", "true"]]);
  expect(messageOf(() => entriesBelow(config, "port"))).toMatch(/there is no key "port"/);
});

const values = fc.record(
  {
    ports: fc.record(
      { game: fc.integer({ min: 1, max: 9 }), rcon: fc.integer({ min: 1, max: 9 }) },
      { requiredKeys: [] },
    ),
    start: fc.constantFrom("never", "boot"),
    settings: fc.record({ tags: fc.array(fc.constantFrom("a", "b"), { maxLength: 2 }) }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);

test("what an editor changed is sent as a change that makes it so", () => {
  const whole = (part: object) =>
    patchedConfig({ name: "N", seed: 0, autosaveSeconds: 0 }, part as Record<string, unknown>);
  fc.assert(
    fc.property(values, values, (a, b) => {
      const [before, after] = [whole(a), whole(b)];
      expect(patchedConfig(before, differenceOf(before, after))).toEqual(after);
      expect(differenceOf(before, before)).toEqual({});
    }),
  );
});
