import type { Contract } from "#sim/factorio/test/contracts/contract";

/** LuaSpacePlatform, and what forces and surfaces know of platforms. */
export const platformsContracts: readonly Contract[] = [
  {
    member: "LuaSpacePlatform.force",
    says: "The force of this space platform.",
    lua: "local p = platform() return p.force.name",
    gives: ["player"],
  },
  {
    member: "LuaSpacePlatform.surface",
    says: "The surface that belongs to this platform (if it has been created yet).",
    lua: `local bare = game.forces.player.create_space_platform{ planet = "probe-moon", starter_pack = "probe-pack" } local p = platform() return bare.surface == nil, p.surface.platform == p, p.surface.get_tile(0, 0).name, p.surface.get_tile(50, 0).name`,
    gives: [true, true, "space-platform-foundation", "empty-space"],
  },
  {
    member: "LuaSpacePlatform.hub",
    says: "The hub on this platform.",
    lua: `local p = platform() local hub = p.hub hub.get_inventory(defines.inventory.hub_main).insert{ name = "coal", count = 5 } return hub.name, hub.surface == p.surface, #hub.get_inventory(defines.inventory.hub_main), hub.get_item_count("coal")`,
    gives: ["probe-hub", true, 60, 5],
  },
  {
    member: "LuaSpacePlatform.state",
    says: "The current state of this space platform.",
    lua: `local p = game.forces.player.create_space_platform{ planet = "probe-moon", starter_pack = "probe-pack" } local bare = p.state p.apply_starter_pack() return bare == defines.space_platform_state.waiting_for_starter_pack, p.state == defines.space_platform_state.no_schedule`,
    gives: [true, true],
  },
  {
    member: "LuaSpacePlatform.paused",
    says: "When `true`, the platform has paused thrust and does not advance its schedule.",
    lua: "local p = platform() local before = p.paused p.paused = true return before, p.paused, p.state == defines.space_platform_state.paused",
    gives: [false, true, true],
  },
  {
    member: "LuaSpacePlatform.schedule",
    says: "This platform's current schedule, if any.",
    lua: `local p = platform() local none = p.schedule == nil p.schedule = { current = 1, records = { { station = "probe-moon" } } } return none, p.schedule.records[1].station, p.state == defines.space_platform_state.waiting_at_station, (pcall(function() p.schedule = { records = { { station = "no-such" } } } end))`,
    gives: [true, "probe-moon", true, false],
  },
  {
    member: "LuaSpacePlatform.space_location",
    says: "The space location this space platform is stopped at or `nil`.",
    lua: `local p = platform() p.schedule = { records = { { station = "probe-moon" } } } local before = p.space_location.name test.arrive(p, nil) local away, state = p.space_location == nil, p.state test.arrive(p, "probe-moon") return before, away, state == defines.space_platform_state.on_the_path, p.space_location.name`,
    gives: ["probe-moon", true, true, "probe-moon"],
  },
  {
    member: "LuaSpacePlatform.last_visited_space_location",
    says: "The space location this space platform previously went through or stopped at.",
    lua: "local p = platform() test.arrive(p, nil) return p.last_visited_space_location.name",
    gives: ["probe-moon"],
  },
  {
    member: "LuaSpacePlatform.starter_pack",
    says: "The starter pack used to create this space platform.",
    lua: "local p = platform() return p.starter_pack.name.name, p.starter_pack.quality.name",
    gives: ["probe-pack", "normal"],
  },
  {
    member: "LuaSpacePlatform.speed",
    says: "",
    lua: "local p = platform() local before = p.speed p.speed = 2 return before, p.speed",
    gives: [0, 2],
  },
  {
    member: "LuaSpacePlatform.hidden",
    says: "If this platform is hidden from the remote view surface list.",
    lua: "local p = platform() local before = p.hidden p.hidden = true return before, p.hidden",
    gives: [false, true],
  },
  {
    member: "LuaSpacePlatform.scheduled_for_deletion",
    says: "If this platform is scheduled for deletion.",
    lua: "local p = platform() local before = p.scheduled_for_deletion p.destroy(10) return before, p.scheduled_for_deletion",
    gives: [0, 10],
  },
  {
    member: "LuaSpacePlatform.apply_starter_pack",
    says: "Applies the starter pack for this platform if it hasn't already been applied.",
    lua: `local p = game.forces.player.create_space_platform{ planet = "probe-moon", starter_pack = "probe-pack" } return p.apply_starter_pack().type, p.apply_starter_pack() == nil`,
    gives: ["space-platform-hub", true],
  },
  {
    member: "LuaSpacePlatform.destroy",
    says: "Schedules this space platform for deletion.",
    lua: `local p = platform() local s, hub, seen = p.surface, p.hub, listen("on_surface_deleted") p.destroy(2) run(1) local before = p.valid run(2) return before, p.valid, s.valid, hub.valid, #seen`,
    gives: [true, false, false, false, 1],
  },
  {
    member: "LuaSpacePlatform.cancel_deletion",
    says: "Cancels deletion of this space platform if it was scheduled for deletion.",
    lua: "local p = platform() p.destroy(2) p.cancel_deletion() run(5) return p.valid, p.scheduled_for_deletion",
    gives: [true, 0],
  },
  {
    member: "LuaSpacePlatform.can_leave_current_location",
    says: "Returns `true` when the space platform isn't waiting on any delivery from the planet.",
    lua: "local p = platform() return p.can_leave_current_location()",
    gives: [true],
  },
  {
    member: "LuaForce.platforms",
    says: "The space platforms that belong to this force mapped by their index value.",
    lua: "local p = platform() return game.forces.player.platforms[p.index] == p, game.forces.enemy.platforms[p.index] == nil",
    gives: [true, true],
  },
  {
    member: "LuaForce.create_space_platform",
    says: "Creates a new space platform on this force.",
    lua: `local p = game.forces.player.create_space_platform{ name = "far", planet = "probe-moon", starter_pack = "probe-pack" } return p.name, (pcall(game.forces.player.create_space_platform, { planet = "probe-moon", starter_pack = "coal" }))`,
    gives: ["far", false],
  },
  {
    member: "LuaSurface.platform",
    says: "",
    lua: "local p = platform() return p.surface.platform == p, game.surfaces[1].platform == nil, game.delete_surface(p.surface)",
    gives: [true, true, false],
  },
];
