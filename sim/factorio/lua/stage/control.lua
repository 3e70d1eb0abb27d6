-- The control stage: each mod's control.lua in its own environment, then on_init, on_load, on_configuration_changed.
--
-- LC1  `storage` may be written everywhere but in on_load and at the top level, where it is an empty table.
-- LC2  `game` is nil at the top level and in on_load.
local use = ...
local world = use "world"
local events = use "api/events"
local sandbox = use "stage/sandbox"
local modules = use "stage/modules"
local bootstrap = use "api/script"
local console = use "api/console"
local prototypes = use "api/prototypes"
local settings = use "api/settings"
local game = use "api/game"
local graph = use "lib/graph"
local migrations = use "stage/migrations"

local control = { level = nil }

local function environment(mod)
  local env = sandbox.new()
  for name, value in next, console.globals(mod) do env[name] = value end
  env.storage = {}
  sandbox.old_names(env)
  env.script, env.prototypes, env.settings = bootstrap(mod), prototypes.global, settings.global_object
  return env
end

local function set_stage(stage)
  events.stage = stage
  local with_game = stage == "init" or stage == "run"
  for _, mod in ipairs(events.mods) do mod.env.game = with_game and game.global or nil end
  if control.level then control.level.env.game = with_game and game.global or nil end
end

-- Back in the main menu: nothing of the map that was open is left.
local function leave()
  events.mods, events.next_custom, control.level = {}, nil, nil
  events.switch(nil)
  console.clear()
  for key in next, graph.metatables do graph.metatables[key] = nil end
  -- What the data stage logged is still to be written when no map was open.
  if world.now then world.outbox = {} end
  world.now = nil
end

-- Runs every control.lua.
function control.start(mods)
  leave()
  events.stage = "root"
  for _, info in ipairs(mods) do
    if modules.has(info.name, "control.lua") then
      local mod = events.new_mod(info.name, info.version, info.title)
      mod.env = environment(mod)
      mod.env.require = modules.requirer(info.name, mod.env, function() return events.stage == "root" end)
      events.call(mod, "control.lua of " .. info.name, mod.env.require, "control")
      if type(mod.env.storage) ~= "table" or next(mod.env.storage) ~= nil then
        error({ message = "The mod " .. mod.name .. " wrote to storage at the top level of control.lua" }, 0)
      end
    end
  end
  -- The scenario's own script: where /c runs.
  local level = { name = "level", title = "level", version = "0", handlers = {}, filters = {}, nth = {} }
  level.env = environment(level)
  level.env.storage = {}
  control.level = level
end

local function versions(mods)
  local map = {}
  for _, mod in ipairs(mods) do if mod.name ~= "core" then map[mod.name] = mod.version end end
  return map
end

local function init(mod)
  if mod.on_init then events.call(mod, "event " .. mod.name .. "::on_init()", mod.on_init) end
end

function control.new_map(mods)
  set_stage("init")
  world.now.mods = versions(mods)
  migrations.none_needed(world.now, mods)
  world.now.settings = settings.initial_global()
  world.now.startup = settings.startup()
  for _, mod in ipairs(events.mods) do init(mod) end
  set_stage("run")
end

local function text_of(storage)
  local writer = graph.writer(true)
  writer.path[1] = "storage"
  writer:put(storage)
  return writer:take()
end
control.text_of = text_of

local function run_on_load(mod)
  if not mod.on_load then return end
  local before = text_of(mod.env.storage)
  events.call(mod, "event " .. mod.name .. "::on_load()", mod.on_load)
  if text_of(mod.env.storage) ~= before then
    error({
      message = "The mod " .. mod.title .. " (" .. mod.version .. ") caused a non-recoverable error.\n\n"
        .. "Detected modifications to the 'storage' table during on_load in mod " .. mod.name .. ": this would desync.",
    }, 0)
  end
end

-- What on_configuration_changed is told, or nil when nothing changed.
local function changes(old, new, startup, migrated_by)
  local mod_changes, any = {}, false
  for _, map in ipairs { old, new } do
    for name in next, map do
      if old[name] ~= new[name] then
        mod_changes[name] = { old_version = old[name], new_version = new[name] }
        any = true
      end
    end
  end
  local startup_changed = text_of(startup.old) ~= text_of(startup.new)
  local migrated = next(migrated_by.renames) ~= nil or migrated_by.scripted
  if not any and not startup_changed and not migrated then return nil end
  return {
    mod_changes = mod_changes, mod_startup_settings_changed = startup_changed, migration_applied = migrated, migrations = migrated_by.renames,
    old_version = old.base ~= new.base and old.base or nil, new_version = old.base ~= new.base and new.base or nil,
  }
end

local function run_migration(name, path, source)
  local mod = control.mod(name)
  if not mod then error({ message = "The mod " .. name .. " has a migration in Lua and no control.lua (stand-in: not offered)" }, 0) end
  local chunk, problem = load(source, "@" .. path, "t", mod.env)
  if not chunk then error({ message = "Error while applying migration " .. path .. ": " .. problem }, 0) end
  events.call(mod, "migration " .. path, chunk)
end

function control.loaded(mods, storages, renames)
  local now, old = world.now, world.now.mods
  local new = versions(mods)
  for name, value in next, settings.initial_global() do
    if now.settings[name] == nil then now.settings[name] = value end
  end
  local fresh = {}
  set_stage("load")
  for _, mod in ipairs(events.mods) do
    if old[mod.name] and storages[mod.name] then
      mod.env.storage = storages[mod.name]
      run_on_load(mod)
    else
      fresh[#fresh + 1] = mod
    end
  end
  control.level.env.storage = storages.level or {}
  set_stage("init")
  for _, mod in ipairs(fresh) do init(mod) end
  local scripted = migrations.run_scripts(now, mods, run_migration)
  local startup = settings.startup()
  local change = changes(old, new, { old = now.startup, new = startup }, { renames = renames, scripted = scripted })
  now.mods, now.startup = new, startup
  for _, mod in ipairs(change and events.mods or {}) do
    if mod.on_configuration_changed then
      events.call(mod, "event " .. mod.name .. "::on_configuration_changed", mod.on_configuration_changed, change)
    end
  end
  set_stage("run")
end

function control.mod(name)
  for _, mod in ipairs(events.mods) do if mod.name == name then return mod end end
end

function control.storages()
  local map = { level = control.level.env.storage }
  for _, mod in ipairs(events.mods) do map[mod.name] = mod.env.storage end
  return map
end

return control
