import { alike, type Contract } from "#sim/factorio/test/contracts/contract";

/** LuaGameScript beyond surfaces, forces and players: switches, questions, random numbers, what only eyes and ears notice. */
export const gameMembersContracts: readonly Contract[] = [
  {
    member: "LuaGameScript.speed",
    says: "Speed to update the map at.",
    lua: "local before = game.speed game.speed = 2 local after = game.speed game.speed = before return before, after",
    gives: [1, 2],
  },
  {
    member: "LuaGameScript.tick_paused",
    says: "If the tick has been paused.",
    lua: "local before = game.tick_paused game.tick_paused = true local after = game.tick_paused game.tick_paused = before return before, after",
    gives: [false, true],
  },
  {
    member: "LuaGameScript.ticks_to_run",
    says: "The number of ticks to be run while the tick is paused.",
    lua: "local before = game.ticks_to_run game.ticks_to_run = 5 local after = game.ticks_to_run game.ticks_to_run = before return before, after",
    gives: [0, 5],
  },
  ...alike(
    "LuaGameScript",
    "local before = game.NAME game.NAME = false local after = game.NAME game.NAME = before return before, after",
    [
      ["autosave_enabled", "True by default.", true, false],
      ["draw_resource_selection", "True by default.", true, false],
      [
        "enemy_has_vision_on_land_mines",
        "Determines if enemy land mines are completely invisible or not.",
        true,
        false,
      ],
      ["technology_notifications_enabled", "True by default.", true, false],
      [
        "allow_tip_activation",
        "If the tips are allowed to be activated in this scenario, it is false by default.",
        true,
        false,
      ],
    ],
  ),
  {
    member: "LuaGameScript.finished",
    says: "True while the victory screen is shown.",
    lua: "return game.finished",
    gives: [false],
  },
  {
    member: "LuaGameScript.finished_but_continuing",
    says: 'True after players finished the game and clicked "continue".',
    lua: "return game.finished_but_continuing",
    gives: [false],
  },
  {
    member: "LuaGameScript.difficulty",
    says: "Current scenario difficulty.",
    lua: "return game.difficulty == probe.defines.difficulty.normal",
    gives: [true],
  },
  {
    member: "LuaGameScript.player",
    says: "This property is only populated inside custom command handlers and when writing Lua console commands.",
    lua: "return game.player == nil",
    gives: [true],
  },
  {
    member: "LuaGameScript.simulation",
    says: "Simulation-related functions, or `nil` if the current game is not a simulation.",
    lua: "return game.simulation == nil",
    gives: [true],
  },
  {
    member: "LuaGameScript.backer_names",
    says: "Array of the names of all the backers that supported the game development early on.",
    lua: "return #game.backer_names",
    gives: [0],
  },
  {
    member: "LuaGameScript.is_demo",
    says: "Is this the demo version of Factorio?",
    lua: "return game.is_demo()",
    gives: [false],
  },
  {
    member: "LuaGameScript.create_random_generator",
    says: "Creates a deterministic standalone random generator with the given seed or if a seed is not provided the initial map seed is used.",
    lua: "local a, b = game.create_random_generator(5), game.create_random_generator(5) local x, y = a(1, 1000), a() return x == b(1, 1000), x >= 1 and x <= 1000, y >= 0 and y < 1",
    gives: [true, true, true],
  },
  {
    member: "LuaGameScript.get_script_inventories",
    says: "Gets the inventories created through LuaGameScript::create_inventory.",
    lua: `local inv = game.create_inventory(3) local list = game.get_script_inventories("level").level local last = list[#list] inv.destroy() return last == inv, #(game.get_script_inventories("level").level or {}) == #list - 1`,
    gives: [true, true],
  },
  {
    member: "LuaGameScript.play_sound",
    says: "Play a sound for every player in the game.",
    lua: `return game.play_sound({ path = "x" }) == nil`,
    gives: [true],
  },
  {
    member: "LuaGameScript.take_screenshot",
    says: "Take a screenshot of the game and save it to the `script-output` folder, located in the game's user data directory.",
    lua: "return game.take_screenshot({}) == nil",
    gives: [true],
  },
  {
    member: "LuaGameScript.take_technology_screenshot",
    says: "Take a screenshot of the technology screen and save it to the `script-output` folder, located in the game's user data directory.",
    lua: `return game.take_technology_screenshot({ path = "x" }) == nil`,
    gives: [true],
  },
  ...alike("LuaGameScript", "return game.NAME() == nil", [
    [
      "set_wait_for_screenshots_to_finish",
      "Forces the screenshot saving system to wait until all queued screenshots have been written to disk.",
      true,
    ],
    ["reset_time_played", "Resets the amount of time played for this map.", true],
    ["disable_replay", "Disables replay saving for the current save file.", true],
    ["force_crc", "Force a CRC check.", true],
    ["reload_mods", "Forces a reload of all mods.", true],
    ["reload_script", "Forces a reload of the scenario script from the original scenario location.", true],
  ]),
  {
    member: "LuaGameScript.show_message_dialog",
    says: "Show an in-game message dialog.",
    lua: `return game.show_message_dialog({ text = "x" }) == nil`,
    gives: [true],
  },
  {
    member: "LuaGameScript.set_win_ending_info",
    says: "Set winning ending information for the current scenario.",
    lua: `return game.set_win_ending_info({ title = "x" }) == nil`,
    gives: [true],
  },
  {
    member: "LuaGameScript.set_lose_ending_info",
    says: "Set losing ending information for the current scenario.",
    lua: `return game.set_lose_ending_info({ title = "x" }) == nil`,
    gives: [true],
  },
  {
    member: "LuaRandomGenerator.re_seed",
    says: "Re-seeds the random generator with the given value.",
    lua: "local a = game.create_random_generator(5) local x = a() a.re_seed(5) return a() == x",
    gives: [true],
  },
  {
    member: "LuaRandomGenerator.valid",
    says: "Is this object valid?",
    lua: "return game.create_random_generator().valid",
    gives: [true],
  },
];
