import type { Contract } from "#sim/factorio/test/contracts/contract";

/** LuaBootstrap, LuaCommandProcessor, LuaRemote, LuaRCON, LuaHelpers. */
export const scriptContracts: readonly Contract[] = [
  {
    member: "LuaBootstrap.mod_name",
    says: "The name of the mod from the environment this is used in.",
    lua: `return probe.script.mod_name`,
    gives: ["probe"],
  },
  {
    member: "LuaBootstrap.active_mods",
    says: "A dictionary listing the names of all currently active mods and mapping them to their version.",
    lua: `return script.active_mods.probe, script.active_mods.base ~= nil, script.active_mods.core == nil`,
    gives: ["1.1.0", true, true],
  },
  {
    member: "LuaBootstrap.feature_flags",
    says: "A dictionary of feature flags mapping to whether they are enabled.",
    lua: `return script.feature_flags.quality, script.feature_flags.expansion`,
    gives: [true, false],
  },
  {
    member: "LuaBootstrap.level",
    says: "Information about the currently running scenario/campaign/tutorial.",
    lua: `return script.level.level_name`,
    gives: ["freeplay"],
  },
  {
    member: "LuaBootstrap.on_init",
    says: "Register a function to be run on mod initialization.",
    lua: `return test.storage('probe').initialised`,
    gives: [1],
  },
  {
    member: "LuaBootstrap.on_load",
    says: "Register a function to be run on save load.",
    lua: `return probe.loaded`,
    gives: [1],
  },
  {
    member: "LuaBootstrap.on_configuration_changed",
    says: "Register a function to be run when mod configuration changes.",
    lua: `local c = test.storage('probe').changed.mod_changes.probe return c.old_version, c.new_version`,
    gives: ["1.0.0", "1.1.0"],
  },
  {
    member: "LuaBootstrap.on_event",
    says: "Register a handler to run on the specified event(s).",
    lua: `
      local n = 0 probe.script.on_event(defines.events.script_raised_built, function() n = n + 1 end, { { filter = 'name', name = 'iron-chest' } })
      create{ name = 'iron-chest', raise_built = true }
      create{ name = 'steel-chest', raise_built = true } probe.script.on_event(defines.events.script_raised_built, function() n = n + 10 end)
      create{ name = 'steel-chest', raise_built = true } probe.script.on_event(defines.events.script_raised_built, nil)
      create{ name = 'steel-chest', raise_built = true }
      return n
    `,
    gives: [11],
  },
  {
    member: "LuaBootstrap.on_nth_tick",
    says: "Register a handler to run every nth-tick(s).",
    lua: `
      local ticks = {} probe.script.on_nth_tick(5, function(e) ticks[#ticks + 1] = e.tick % 5 + e.nth_tick end) run(11) probe.script.on_nth_tick(5, nil) run(10)
      return #ticks, ticks[1]
    `,
    gives: [2, 5],
  },
  {
    member: "LuaBootstrap.register_on_object_destroyed",
    says: "Registers an object so that after it's destroyed, on_object_destroyed is called.",
    lua: `
      local c = chest()
      local number, id, kind = probe.script.register_on_object_destroyed(c)
      local again = probe.script.register_on_object_destroyed(c)
      local unit, seen = c.unit_number, listen('on_object_destroyed') c.destroy()
      local before = #seen finish()
      return number == again, id == unit, kind == defines.target_type.entity, before, #seen, seen[1].registration_number == number, seen[1].useful_id == unit
    `,
    gives: [true, true, true, 0, 1, true, true],
  },
  {
    member: "LuaBootstrap.register_metatable",
    says: "Register a metatable to have linkage recorded and restored when saving/loading.",
    lua: `
      return getmetatable(test.storage('probe').point) == probe.Point, (pcall(probe.script.register_metatable, 'late', {}))
    `,
    gives: [true, false],
  },
  {
    member: "LuaBootstrap.generate_event_name",
    says: "Generate a new, unique event ID that can be used to raise custom events with LuaBootstrap::raise_event.",
    lua: `
      local a, b = probe.script.generate_event_name(), probe.script.generate_event_name()
      return a ~= b, type(a)
    `,
    gives: [true, "number"],
  },
  {
    member: "LuaBootstrap.raise_event",
    says: "Raise an event.",
    lua: `
      local id, got = probe.script.generate_event_name() probe.script.on_event(id, function(e) got = e.answer end) probe.script.raise_event(id, { answer = 42 })
      local named probe.script.on_event("probe-event", function(e) named = e end)
      probe.script.raise_event("probe-event", { answer = 43 }) probe.script.on_event("probe-event", nil)
      return got, named.answer, named.mod_name, named.name == prototypes.custom_event["probe-event"].event_id, (pcall(probe.script.raise_event, "on_tick", {}))
    `,
    gives: [42, 43, "probe", true, false],
  },
  {
    member: "LuaBootstrap.get_event_handler",
    says: "Find the event handler for an event.",
    lua: `
      local f = function() end probe.script.on_event(defines.events.on_console_chat, f)
      local same = probe.script.get_event_handler(defines.events.on_console_chat) == f probe.script.on_event(defines.events.on_console_chat, nil)
      return same
    `,
    gives: [true],
  },
  {
    member: "LuaBootstrap.get_event_filter",
    says: "Gets the filters for the given event.",
    lua: `
      local e = defines.events.script_raised_revive probe.script.on_event(e, function() end, { { filter = 'type', type = 'container' } })
      local f = probe.script.get_event_filter(e)[1].filter probe.script.on_event(e, nil)
      return f, probe.script.get_event_filter(e) == nil
    `,
    gives: ["type", true],
  },
  {
    member: "LuaBootstrap.set_event_filter",
    says: "Sets the filters for the given event.",
    lua: `
      local e, n = defines.events.script_raised_revive, 0 probe.script.on_event(e, function() n = n + 1 end) probe.script.set_event_filter(e, { { filter = 'name', name = 'iron-chest' } }) probe.script.raise_script_revive{ entity = chest() }
      return n
    `,
    gives: [0],
  },
  {
    member: "LuaBootstrap.raise_script_built",
    says: "## Raised events - script_raised_built _instantly_ Raised with the provided arguments.",
    lua: `
      local seen = listen('script_raised_built') script.raise_script_built{ entity = chest() }
      return #seen
    `,
    gives: [1],
  },
  {
    member: "LuaBootstrap.raise_script_revive",
    says: "## Raised events - script_raised_revive _instantly_ Raised with the provided arguments.",
    lua: `
      local seen = listen('script_raised_revive') script.raise_script_revive{ entity = chest(), tags = { a = 1 } }
      return #seen, seen[1].tags.a
    `,
    gives: [1, 1],
  },
  {
    member: "LuaBootstrap.raise_script_destroy",
    says: "## Raised events - script_raised_destroy _instantly_ Raised with the provided arguments.",
    lua: `
      local seen = listen('script_raised_destroy') script.raise_script_destroy{ entity = chest() }
      return #seen
    `,
    gives: [1],
  },
  {
    member: "LuaCommandProcessor.add_command",
    says: "Add a custom console command.",
    lua: `
      local got probe.commands.add_command('probe-x', 'help', function(c) got = c end) test.command('ann', '/probe-x a b')
      local by_player = got.player_index ~= nil command('/probe-x')
      return got.name, got.parameter == nil, got.player_index == nil, got.tick == game.tick, by_player, (pcall(probe.commands.add_command, 'probe-x', '', function() end))
    `,
    gives: ["probe-x", true, true, true, true, false],
  },
  {
    member: "LuaCommandProcessor.remove_command",
    says: "Remove a custom console command.",
    lua: `
      probe.commands.add_command('probe-y', 'help', function() end)
      return probe.commands.remove_command('probe-y'), probe.commands.remove_command('probe-y')
    `,
    gives: [true, false],
  },
  {
    member: "LuaCommandProcessor.commands",
    says: "Lists the custom commands registered by scripts through `LuaCommandProcessor`.",
    lua: `return commands.commands['probe-count']`,
    gives: ["Counts."],
  },
  {
    member: "LuaCommandProcessor.game_commands",
    says: "Lists the built-in commands of the core game.",
    lua: `
      return commands.game_commands.quit ~= nil, (pcall(commands.add_command, 'quit', '', function() end))
    `,
    gives: [true, false],
  },
  {
    member: "LuaRemote.add_interface",
    says: "Add a remote interface.",
    lua: `
      probe.remote.add_interface('probe-a', { f = function() return 1 end })
      return remote.call('probe-a', 'f'), (pcall(remote.add_interface, 'probe-a', {}))
    `,
    gives: [1, false],
  },
  {
    member: "LuaRemote.call",
    says: "Call a function of an interface.",
    lua: `
      local sent = { n = 1 }
      local got = remote.call('probe', 'echo', sent)
      return got.n, got ~= sent, (pcall(remote.call, 'nobody', 'f')), (pcall(remote.call, 'probe', 'nothing'))
    `,
    gives: [1, true, false, false],
  },
  {
    member: "LuaRemote.interfaces",
    says: "List of all registered interfaces.",
    lua: `return remote.interfaces.probe.echo, remote.interfaces['no-such'] == nil`,
    gives: [true, true],
  },
  {
    member: "LuaRemote.remove_interface",
    says: "Removes an interface with the given name.",
    lua: `
      remote.add_interface('brief', {})
      return remote.remove_interface('brief'), remote.remove_interface('brief')
    `,
    gives: [true, false],
  },
  {
    member: "LuaRCON.print",
    says: "Print text to the calling RCON interface if any.",
    lua: `return command('/probe-count')`,
    gives: ["3\n"],
  },
  {
    member: "LuaHelpers.table_to_json",
    says: "Convert a table to a JSON string",
    lua: `return helpers.table_to_json{ 1, 'a\\n', { b = true } }, helpers.table_to_json{}`,
    gives: ['[1,"a\\n",{"b":true}]', "{}"],
  },
  {
    member: "LuaHelpers.json_to_table",
    says: "Convert a JSON string to a table.",
    lua: `
      local t = helpers.json_to_table('{"a":[1,2.5,"\\\\u00e9",null,false]}')
      return t.a[2], t.a[3], t.a[5], helpers.json_to_table('{') == nil
    `,
    gives: [2.5, "é", false, true],
  },
  {
    member: "LuaHelpers.write_file",
    says: "Write a file to the `script-output` folder, located in the game's user data directory.",
    lua: `
      test.world.outbox = {} helpers.write_file('a/b.txt', { '', 'x', 1 }, true, 0)
      local o = test.world.outbox[1] test.world.outbox = {}
      return o.kind, o.path, o.data, o.append
    `,
    gives: ["file", "a/b.txt", "x1", true],
  },
  {
    member: "LuaHelpers.remove_path",
    says: "Remove a file or directory in the `script-output` folder, located in the game's user data directory.",
    lua: `
      test.world.outbox = {} helpers.remove_path('a')
      local o = test.world.outbox[1] test.world.outbox = {}
      return o.kind, o.path
    `,
    gives: ["remove", "a"],
  },
  {
    member: "LuaHelpers.compare_versions",
    says: "Compares 2 version strings.",
    lua: `
      return helpers.compare_versions('1.2.10', '1.2.9'), helpers.compare_versions('1.0.0', '1.0.0'), helpers.compare_versions('0.9', '1')
    `,
    gives: [1, 0, -1],
  },
  {
    member: "LuaHelpers.game_version",
    says: "Current version of game",
    lua: `return helpers.game_version == script.active_mods.base`,
    gives: [true],
  },
  {
    member: "LuaHelpers.stage",
    says: "Stage of scripting that is currently running",
    lua: `return helpers.stage`,
    gives: ["runtime"],
  },
];
