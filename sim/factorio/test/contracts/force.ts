import type { Contract } from "#sim/factorio/test/contracts/contract";

/** LuaForce, LuaTechnology, LuaRecipe, LuaPlayer. */
export const forceContracts: readonly Contract[] = [
  {
    member: "LuaForce.name",
    says: "Name of the force.",
    lua: `return game.forces.player.name`,
    gives: ["player"],
  },
  {
    member: "LuaForce.index",
    says: "This force's index in LuaGameScript::forces (unique ID).",
    lua: `return game.forces.enemy.index`,
    gives: [2],
  },
  {
    member: "LuaForce.valid",
    says: "Is this object valid?",
    lua: `return game.forces.player.valid`,
    gives: [true],
  },
  {
    member: "LuaForce.technologies",
    says: "Technologies owned by this force, indexed by `name`.",
    lua: `
      return game.forces.player.technologies.logistics.name, game.forces.player.technologies['no-such'] == nil
    `,
    gives: ["logistics", true],
  },
  {
    member: "LuaForce.recipes",
    says: "Recipes available to this force, indexed by `name`.",
    lua: `return game.forces.player.recipes['iron-plate'].name`,
    gives: ["iron-plate"],
  },
  {
    member: "LuaForce.players",
    says: "Players belonging to this force.",
    lua: `
      test.join('bob')
      local found for _, p in ipairs(game.forces.player.players) do found = found or p.name == 'bob' end
      return found
    `,
    gives: [true],
  },
  {
    member: "LuaForce.connected_players",
    says: "The connected players belonging to this force.",
    lua: `
      test.join('bob')
      local n = #game.forces.player.connected_players test.leave('bob')
      return n - #game.forces.player.connected_players
    `,
    gives: [1],
  },
  {
    member: "LuaForce.print",
    says: "Print text to the chat console of all players on this force.",
    lua: `
      test.world.outbox = {} game.forces.player.print{ '', 'a', 'b' }
      return test.world.outbox[1].text
    `,
    gives: ["ab"],
  },
  {
    member: "LuaForce.get_linked_inventory",
    says: "Gets the linked inventory for the given prototype and link ID if it exists or `nil`.",
    lua: `
      local c = create{ name = 'linked-chest' } c.link_id = 77
      local before = game.forces.player.get_linked_inventory('linked-chest', 77) c.get_inventory(defines.inventory.linked_container_main).insert('coal')
      return before == nil, game.forces.player.get_linked_inventory('linked-chest', 77).get_item_count('coal')
    `,
    gives: [true, 1],
  },
  {
    member: "LuaForce.get_entity_count",
    says: "Count entities of given type.",
    lua: `
      local f = game.create_force('counted')
      create{ name = 'iron-chest', force = f }
      return f.get_entity_count('iron-chest')
    `,
    gives: [1],
  },
  {
    member: "LuaForce.reset",
    says: "Reset everything.",
    lua: `
      local f = game.create_force('resets')
      local seen = listen('on_force_reset') f.technologies.logistics.researched = true f.reset()
      return f.technologies.logistics.researched, #seen
    `,
    gives: [false, 1],
  },
  {
    member: "LuaForce.reset_technologies",
    says: "Load the original versions of technologies from prototypes.",
    lua: `game.forces.player.reset_technologies() return game.forces.player.technologies.logistics.name`,
    gives: ["logistics"],
  },
  {
    member: "LuaForce.reset_recipes",
    says: "Load the original version of all recipes from the prototypes.",
    lua: `
      local f = game.create_force('recipes') f.recipes['steel-plate'].enabled = true f.reset_recipes()
      return f.recipes['steel-plate'].enabled
    `,
    gives: [false],
  },
  {
    member: "LuaForce.reset_technology_effects",
    says: "Reapplies all possible research effects, including unlocked recipes.",
    lua: `
      local f = game.create_force('effects') f.technologies['steel-processing'].researched = true f.recipes['steel-plate'].enabled = false f.reset_technology_effects()
      return f.recipes['steel-plate'].enabled
    `,
    gives: [true],
  },
  {
    member: "LuaForce.research_all_technologies",
    says: "Research all technologies.",
    lua: `
      local f = game.create_force('clever') f.research_all_technologies()
      return f.technologies['logistic-system'].researched, f.recipes['requester-chest'].enabled
    `,
    gives: [true, true],
  },
  {
    member: "LuaForce.add_research",
    says: "Add this technology to the back of the research queue if the queue is enabled.",
    lua: `return game.create_force('queued').add_research('logistics')`,
    gives: [true],
  },
  {
    member: "LuaForce.is_friend",
    says: "Is this force a friend?",
    lua: `return game.forces.player.is_friend('player'), game.forces.player.is_friend('enemy')`,
    gives: [true, false],
  },
  {
    member: "LuaTechnology.name",
    says: "Name of this technology.",
    lua: `return game.forces.player.technologies.logistics.name`,
    gives: ["logistics"],
  },
  {
    member: "LuaTechnology.force",
    says: "The force this technology belongs to.",
    lua: `return game.forces.enemy.technologies.logistics.force.name`,
    gives: ["enemy"],
  },
  {
    member: "LuaTechnology.valid",
    says: "Is this object valid?",
    lua: `return game.forces.player.technologies.logistics.valid`,
    gives: [true],
  },
  {
    member: "LuaTechnology.prototype",
    says: "The prototype of this technology.",
    lua: `return game.forces.player.technologies.logistics.prototype == prototypes.technology.logistics`,
    gives: [true],
  },
  {
    member: "LuaTechnology.localised_name",
    says: "Localised name of this technology.",
    lua: `return game.forces.player.technologies.logistics.localised_name[1]`,
    gives: ["technology-name.logistics"],
  },
  {
    member: "LuaTechnology.order",
    says: "The string used to alphabetically sort these prototypes.",
    lua: `return game.forces.player.technologies.logistics.order`,
    gives: [""],
  },
  {
    member: "LuaTechnology.enabled",
    says: "Can this technology be researched?",
    lua: `
      local t = game.create_force('t1').technologies.logistics
      local before = t.enabled t.enabled = false
      return before, t.enabled
    `,
    gives: [true, false],
  },
  {
    member: "LuaTechnology.researched",
    says: "Has this technology been researched?",
    lua: `
      local f = game.create_force('t2')
      local seen = listen('on_research_finished') f.technologies['steel-processing'].researched = true
      return f.technologies['steel-processing'].researched, f.recipes['steel-plate'].enabled, #seen, seen[1].by_script
    `,
    gives: [true, true, 1, true],
  },
  {
    member: "LuaTechnology.level",
    says: "The current level of this technology.",
    lua: `return game.forces.player.technologies.logistics.level`,
    gives: [1],
  },
  {
    member: "LuaTechnology.saved_progress",
    says: "Saved technology progress fraction as a value in range `[0, 1)`.",
    lua: `
      local t = game.create_force('t3').technologies.logistics t.saved_progress = 0.5
      return t.saved_progress
    `,
    gives: [0.5],
  },
  {
    member: "LuaTechnology.prerequisites",
    says: "Prerequisites of this technology.",
    lua: `
      return game.forces.player.technologies['logistic-system'].prerequisites['logistic-robotics'].name
    `,
    gives: ["logistic-robotics"],
  },
  {
    member: "LuaRecipe.name",
    says: "Name of the recipe.",
    lua: `return game.forces.player.recipes['iron-stick'].name`,
    gives: ["iron-stick"],
  },
  {
    member: "LuaRecipe.force",
    says: "The force that owns this recipe.",
    lua: `return game.forces.player.recipes['iron-stick'].force.name`,
    gives: ["player"],
  },
  {
    member: "LuaRecipe.valid",
    says: "Is this object valid?",
    lua: `return game.forces.player.recipes['iron-stick'].valid`,
    gives: [true],
  },
  {
    member: "LuaRecipe.prototype",
    says: "The prototype for this recipe.",
    lua: `return game.forces.player.recipes['iron-stick'].prototype == prototypes.recipe['iron-stick']`,
    gives: [true],
  },
  {
    member: "LuaRecipe.enabled",
    says: "Can the recipe be used?",
    lua: `
      local f = game.create_force('r1')
      local before = f.recipes['steel-plate'].enabled f.recipes['steel-plate'].enabled = true
      return before, f.recipes['steel-plate'].enabled
    `,
    gives: [false, true],
  },
  {
    member: "LuaPlayer.name",
    says: "The player's username.",
    lua: `return test.join('cid').name`,
    gives: ["cid"],
  },
  {
    member: "LuaPlayer.gui",
    says: "",
    lua: `return test.join("viewer").gui.object_name`,
    gives: ["LuaGui"],
  },
  {
    member: "LuaPlayer.opened",
    says: "The GUI the player currently has open.",
    lua: `
      local player, c = test.join("viewer"), chest()
      test.open(c, "viewer") local before = player.opened == c test.close("viewer")
      return before, player.opened == nil
    `,
    gives: [true, true],
  },
  {
    member: "LuaPlayer.index",
    says: "This player's index in LuaGameScript::players (unique ID).",
    lua: `local p = test.join('cid') return game.players[p.index].name`,
    gives: ["cid"],
  },
  {
    member: "LuaPlayer.valid",
    says: "Is this object valid?",
    lua: `return test.join('cid').valid`,
    gives: [true],
  },
  {
    member: "LuaPlayer.connected",
    says: "`true` if the player is currently connected to the game.",
    lua: `
      local p = test.join('cid')
      local before = p.connected test.leave('cid')
      return before, p.connected
    `,
    gives: [true, false],
  },
  {
    member: "LuaPlayer.admin",
    says: "`true` if the player is an admin.",
    lua: `return test.join('cid').admin`,
    gives: [false],
  },
  {
    member: "LuaPlayer.online_time",
    says: "How many ticks did this player spend playing this save (all sessions combined).",
    lua: `return test.join('cid').online_time >= 0`,
    gives: [true],
  },
  {
    member: "LuaPlayer.last_online",
    says: "At what tick this player was last online.",
    lua: `test.join('cid') test.leave('cid') return game.players.cid.last_online == game.tick`,
    gives: [true],
  },
  {
    member: "LuaPlayer.afk_time",
    says: "How many ticks since the last action of this player.",
    lua: `return test.join('cid').afk_time`,
    gives: [0],
  },
  {
    member: "LuaPlayer.print",
    says: "Print text to the chat console.",
    lua: `
      local p = test.join('cid') test.world.outbox = {} p.print('psst')
      return test.world.outbox[1].player, test.world.outbox[1].text
    `,
    gives: ["cid", "psst"],
  },
  {
    member: "LuaPlayer.is_player",
    says: "When `true` control adapter is a LuaPlayer object, `false` for entities including characters with players.",
    lua: `return test.join('cid').is_player()`,
    gives: [true],
  },
  {
    member: "LuaPlayer.force",
    says: "The force of this entity.",
    lua: `local p = test.join('dee') p.force = 'enemy' return p.force.name`,
    gives: ["enemy"],
  },
  {
    member: "LuaPlayer.force_index",
    says: "Unique index (ID) associated with the force of this entity.",
    lua: `return test.join('cid').force_index`,
    gives: [1],
  },
  {
    member: "LuaPlayer.surface",
    says: "The surface this entity is currently on.",
    lua: `return test.join('cid').surface.name`,
    gives: ["nauvis"],
  },
  {
    member: "LuaPlayer.surface_index",
    says: "Unique index (ID) associated with the surface this entity is currently on.",
    lua: `return test.join('cid').surface_index`,
    gives: [1],
  },
  {
    member: "LuaPlayer.position",
    says: "The current position of the entity.",
    lua: `return test.join('cid').position.x`,
    gives: [0],
  },
];
