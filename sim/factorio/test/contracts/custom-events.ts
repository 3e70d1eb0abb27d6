import type { Contract } from "#sim/factorio/test/contracts/contract";

/** The probe mod brings one: see prelude.ts. */
const own = `prototypes.custom_event["probe-event"]`;
const member = (name: string, says: string, gives: unknown): Contract => ({
  member: `LuaCustomEventPrototype.${name}`,
  says,
  lua: `return ${own}.${name}`,
  gives: [gives],
});

/** LuaCustomEventPrototype. */
export const customEventContracts: readonly Contract[] = [
  {
    member: "LuaPrototypes.custom_event",
    says: "A dictionary containing every defined custom event, indexed by `name`.",
    lua: `return ${own}.name, prototypes.custom_event["no-such"] == nil, ${own}.object_name`,
    gives: ["probe-event", true, "LuaCustomEventPrototype"],
  },
  {
    member: "LuaCustomEventPrototype.event_id",
    says: "Event identifier associated with this custom event.",
    lua: `
      local got probe.script.on_event(${own}.event_id, function(e) got = e.name end)
      probe.script.raise_event(${own}, {}) probe.script.on_event(${own}.event_id, nil)
      return got == ${own}.event_id, type(got)
    `,
    gives: [true, "number"],
  },
  member("name", "Name of this prototype.", "probe-event"),
  member("type", "Type of this prototype.", "custom-event"),
  member("order", "The string used to alphabetically sort these prototypes.", ""),
  member("hidden", "", false),
  member("parameter", "", false),
  member("valid", "Is this object valid?", true),
  { ...member("localised_name", "", "custom-event-name.probe-event"), lua: `return ${own}.localised_name[1]` },
  {
    ...member("localised_description", "", "custom-event-description.probe-event"),
    lua: `return ${own}.localised_description[1]`,
  },
];
