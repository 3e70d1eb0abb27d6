import type { Contract } from "#sim/factorio/test/contracts/contract";

/** LuaGameScript, LuaSurface, LuaSettings, LuaSpacePlatform. */
export const gameContracts: readonly Contract[] = [
  {
    member: "LuaGameScript.tick",
    says: "Current map tick.",
    lua: `return game.tick == test.world.now.tick`,
    gives: [true],
  },
  {
    member: "LuaGameScript.ticks_played",
    says: 'The number of ticks since this game was created using either "new game" or "new game from scenario".',
    lua: `return game.ticks_played == game.tick`,
    gives: [true],
  },
  {
    member: "LuaGameScript.console_command_used",
    says: "Whether a console command has been used.",
    lua: `return game.console_command_used`,
    gives: [false],
  },
  {
    member: "LuaGameScript.surfaces",
    says: "Get a table of all the surfaces that currently exist.",
    lua: `
      local names = {} for name, s in pairs(game.surfaces) do names[#names + 1] = name assert(s.valid) end
      return names[1], game.surfaces[1].name
    `,
    gives: ["nauvis", "nauvis"],
  },
  {
    member: "LuaGameScript.forces",
    says: "Get a table of all the forces that currently exist.",
    lua: `return game.forces.player.index, game.forces[2].name, game.forces['no-such'] == nil`,
    gives: [1, "enemy", true],
  },
  {
    member: "LuaGameScript.players",
    says: "Get a table of all the players that currently exist.",
    lua: `test.join('ann') return game.players.ann.index == game.players[game.players.ann.index].index`,
    gives: [true],
  },
  {
    member: "LuaGameScript.connected_players",
    says: "The players that are currently online.",
    lua: `
      test.join('ann')
      local n = #game.connected_players test.leave('ann')
      return n - #game.connected_players
    `,
    gives: [1],
  },
  {
    member: "LuaGameScript.default_map_gen_settings",
    says: "The default map gen settings for this save.",
    lua: `return game.default_map_gen_settings.seed`,
    gives: [7],
  },
  {
    member: "LuaGameScript.print",
    says: "Print text to the chat console all players.",
    lua: `
      test.world.outbox = {} game.print('hello')
      local last = test.world.outbox[1]
      return last.kind, last.text
    `,
    gives: ["message", "hello"],
  },
  {
    member: "LuaGameScript.get_surface",
    says: "Gets the given surface or returns `nil` if no surface is found.",
    lua: `
      return game.get_surface(1).name, game.get_surface('nauvis').index, game.get_surface('mars') == nil
    `,
    gives: ["nauvis", 1, true],
  },
  {
    member: "LuaGameScript.get_player",
    says: "Gets the given player or returns `nil` if no player is found.",
    lua: `test.join('ann') return game.get_player('ann').name, game.get_player('nobody') == nil`,
    gives: ["ann", true],
  },
  {
    member: "LuaGameScript.create_surface",
    says: "Create a new surface.",
    lua: `
      local seen = listen('on_surface_created')
      local s = game.create_surface('moon', { width = 10 })
      return s.name, s.map_gen_settings.width, #seen
    `,
    gives: ["moon", 10, 1],
  },
  {
    member: "LuaGameScript.delete_surface",
    says: "Deletes the given surface and all entities on it if possible.",
    lua: `
      local s = game.create_surface('doomed')
      local c = s.create_entity{ name = 'steel-chest', position = { 0, 0 }, force = 'player' } game.delete_surface(s)
      local still = s.valid finish()
      return still, s.valid, c.valid
    `,
    gives: [true, false, false],
  },
  {
    member: "LuaGameScript.merge_forces",
    says: "All players and entities in the source force will be reassigned to the target force. The source force will then be destroyed.",
    lua: `
      local lost, c = game.create_force("lost"), chest() c.force = lost
      game.merge_forces(lost, "player") local before = lost.valid finish()
      return before, lost.valid, c.force.name, (pcall(game.merge_forces, "enemy", "player"))
    `,
    gives: [true, false, "player", false],
  },
  {
    member: "LuaGameScript.create_force",
    says: "Create a new force.",
    lua: `local seen = listen('on_force_created') return game.create_force('blue').name, #seen`,
    gives: ["blue", 1],
  },
  {
    member: "LuaGameScript.create_inventory",
    says: "Creates an inventory that is not owned by any game object.",
    lua: `return #game.create_inventory(17)`,
    gives: [17],
  },
  {
    member: "LuaGameScript.get_entity_by_unit_number",
    says: "Returns entity with a specified unit number or nil if entity with such number was not found or prototype does not have EntityPrototypeFlags::get-by-unit-number flag set.",
    lua: `return game.get_entity_by_unit_number(chest().unit_number) == nil`,
    gives: [true],
  },
  {
    member: "LuaGameScript.is_multiplayer",
    says: "Whether the save is loaded as a multiplayer map.",
    lua: `return game.is_multiplayer()`,
    gives: [true],
  },
  {
    member: "LuaGameScript.server_save",
    says: "Instruct the server to save the map.",
    lua: `
      test.world.outbox = {} game.server_save('x')
      local o = test.world.outbox[1] test.world.outbox = {}
      return o.kind, o.name
    `,
    gives: ["save", "x"],
  },
  {
    member: "LuaGameScript.auto_save",
    says: "Instruct the game to perform an auto-save.",
    lua: `
      test.world.outbox = {} game.auto_save('x')
      local o = test.world.outbox[1] test.world.outbox = {}
      return o.kind, o.name
    `,
    gives: ["autosave", "x"],
  },
  {
    member: "LuaSurface.name",
    says: "The name of this surface.",
    lua: `
      local s = game.create_surface('sun') s.name = 'star'
      return s.name, game.surfaces.star.index == s.index
    `,
    gives: ["star", true],
  },
  {
    member: "LuaSurface.index",
    says: "This surface's index in LuaGameScript::surfaces (unique ID).",
    lua: `return game.surfaces.nauvis.index`,
    gives: [1],
  },
  {
    member: "LuaSurface.valid",
    says: "Is this object valid?",
    lua: `return game.surfaces.nauvis.valid`,
    gives: [true],
  },
  {
    member: "LuaSurface.map_gen_settings",
    says: "The generation settings for this surface.",
    lua: `return game.surfaces.nauvis.map_gen_settings.seed`,
    gives: [7],
  },
  {
    member: "LuaSurface.create_entity",
    says: "Create an entity on this surface.",
    lua: `
      local seen = listen('script_raised_built')
      local e = create{ name = 'iron-chest', raise_built = true }
      return e.name, #seen, seen[1].entity == e
    `,
    gives: ["iron-chest", 1, true],
  },
  {
    member: "LuaSurface.find_entities_filtered",
    says: "Find all entities of the given type or name in the given area.",
    lua: `
      local a = create{ name = 'wooden-chest', position = { 200, 200 } }
      local b = create{ name = 'wooden-chest', position = { 210, 200 }, force = 'enemy' }
      local s = game.surfaces[1]
      return #s.find_entities_filtered{ name = 'wooden-chest' }, #s.find_entities_filtered{ name = { 'wooden-chest' }, force = 'enemy' }, #s.find_entities_filtered{ area = { { 195, 195 }, { 205, 205 } } }, #s.find_entities_filtered{ position = { 210, 200 }, radius = 3, type = 'container' }, #s.find_entities_filtered{ name = 'wooden-chest', limit = 1 }
    `,
    gives: [2, 1, 1, 1, 1],
  },
  {
    member: "LuaSurface.count_entities_filtered",
    says: "Count entities of given type or name in a given area.",
    lua: `
      create{ name = 'storage-tank', force = 'neutral' }
      return game.surfaces[1].count_entities_filtered{ name = 'storage-tank', force = 'neutral' }
    `,
    gives: [1],
  },
  {
    member: "LuaSurface.clone_area",
    says: "Clones the given area.",
    lua: `
      local surface = game.create_surface("clones")
      local c = surface.create_entity{ name = "steel-chest", position = { 0, 0 }, force = "player" } c.insert{ name = "coal", count = 5 }
      surface.create_entity{ name = "iron-chest", position = { 10, 0 }, force = "player" }
      local seen = listen("on_entity_cloned")
      surface.clone_area{ source_area = { { 0, 0 }, { 1, 1 } }, destination_area = { { 10, 0 }, { 11, 1 } } }
      local copy = surface.find_entity("steel-chest", { 10.5, 0.5 })
      return #seen, copy.get_inventory(defines.inventory.chest).get_item_count("coal"), surface.find_entity("iron-chest", { 10.5, 0.5 }) == nil
    `,
    gives: [1, 5, true],
  },
  {
    member: "LuaSurface.find_entity",
    says: "Find an entity of the given name at the given position.",
    lua: `
      local e = create{ name = 'iron-chest', position = { 300, 300 } }
      return game.surfaces[1].find_entity('iron-chest', { 300.5, 300.5 }) == e, game.surfaces[1].find_entity('iron-chest', { 310, 300 }) == nil
    `,
    gives: [true, true],
  },
  {
    member: "LuaSurface.can_place_entity",
    says: "Check for collisions with terrain or other entities.",
    lua: `
      create{ name = 'iron-chest', position = { 400, 400 } }
      local s = game.surfaces[1]
      return s.can_place_entity{ name = 'iron-chest', position = { 400, 400 } }, s.can_place_entity{ name = 'iron-chest', position = { 401, 400 } }
    `,
    gives: [false, true],
  },
  {
    member: "LuaSurface.find_non_colliding_position",
    says: "Find a non-colliding position within a given radius.",
    lua: `
      create{ name = 'iron-chest', position = { 500, 500 } }
      local p = game.surfaces[1].find_non_colliding_position('iron-chest', { 500, 500 }, 5, 1)
      return math.abs(p.x - 500.5) + math.abs(p.y - 500.5) > 0,
        game.surfaces[1].find_non_colliding_position('iron-chest', { 500, 500 }, 0) ~= nil -- no limit
    `,
    gives: [true, true],
  },
  {
    member: "LuaSurface.spill_item_stack",
    says: "Spill items on the ground centered at a given location.",
    lua: `
      local e = game.surfaces[1].spill_item_stack{ position = { 0, 0 }, stack = { name = 'coal', count = 3 } }
      return e[1].name
    `,
    gives: ["item-on-ground"],
  },
  {
    member: "LuaSurface.request_to_generate_chunks",
    says: "Request that the game's map generator generate chunks at the given position for the given radius on this surface.",
    lua: `
      game.surfaces[1].request_to_generate_chunks({ 0, 0 }, 2)
      return game.surfaces[1].is_chunk_generated({ 1, 1 })
    `,
    gives: [true],
  },
  {
    member: "LuaSurface.force_generate_chunk_requests",
    says: "Blocks and generates all chunks that have been requested using all available threads.",
    lua: `game.surfaces[1].force_generate_chunk_requests() return true`,
    gives: [true],
  },
  {
    member: "LuaSurface.is_chunk_generated",
    says: "Is a given chunk generated?",
    lua: `return game.surfaces[1].is_chunk_generated({ 0, 0 })`,
    gives: [true],
  },
  {
    member: "LuaSettings.startup",
    says: "The startup mod settings, indexed by prototype name.",
    lua: `return settings.startup['probe-startup'].value, settings.startup['no-such'] == nil`,
    gives: [5, true],
  },
  {
    member: "LuaSettings.global",
    says: "The current global mod settings, indexed by prototype name.",
    lua: `
      local seen = listen('on_runtime_mod_setting_changed') settings.global['probe-global'] = { value = 9 }
      return settings.global['probe-global'].value, settings.global['no-such'] == nil, #seen, seen[1].setting, seen[1].setting_type
    `,
    gives: [9, true, 1, "probe-global", "runtime-global"],
  },
  {
    member: "LuaSpacePlatform.name",
    says: "The name of this space platform.",
    lua: `
      local seen = listen("on_space_platform_built_entity")
      test.platform_build{ name = "steel-chest", position = { 0, 0 } }
      return seen[1].platform.name
    `,
    gives: ["platform-1"],
  },
  {
    member: "LuaSpacePlatform.index",
    says: "The unique index of this space platform.",
    lua: `
      local seen = listen("on_space_platform_built_entity")
      test.platform_build{ name = "steel-chest", position = { 0, 0 } }
      return seen[1].platform.index
    `,
    gives: [1],
  },
  {
    member: "LuaSpacePlatform.valid",
    says: "Is this object valid?",
    lua: `
      local seen = listen("on_space_platform_built_entity")
      test.platform_build{ name = "steel-chest", position = { 0, 0 } }
      return seen[1].platform.valid
    `,
    gives: [true],
  },
];
