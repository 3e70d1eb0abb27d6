-- What the host may ask for, by name; see game.ts, the only caller. The rest is loaded by whoever needs it first: `options`
-- say which game is played.
local use = ...
local world = use "world"
local json = use "lib/json"
local modules = use "stage/modules"

local operations = {}
local mods -- in load order, core and base first

function operations.options(text)
  world.options = json.decode(text)
  if world.options.game_line == "2.0" then use "api/line-2-0" end
end
function operations.locale(text) world.locale = json.decode(text) end

function operations.mod_file(text)
  local path, source = text:match("^(.-)\n(.*)$")
  local mod, file = path:match("^([^/]+)/migrations/([^/]+)%.json$")
  if mod then return use("stage/migrations").add(mod, file, source) end
  mod, file = path:match("^([^/]+)/migrations/([^/]+)%.lua$")
  if mod then return use("stage/migrations").add_script(mod, file, source) end
  modules.files[path] = source
end

-- Everything up to the point where the game prints "Factorio initialised".
function operations.prepare(text)
  mods = json.decode(text)
  world.active_mods = {}
  for _, mod in ipairs(mods) do if mod.name ~= "core" then world.active_mods[mod.name] = mod.version end end
  local data = use "stage/data"
  data.run("settings", mods)
  local settings = use "api/settings"
  data.run("prototype", mods, settings.startup())
  use("stage/check").prototypes()
  use "api/prototype-families"
  use("api/prototypes").build()
end

-- "<prefix>\n<mods>": the data stage of a given game, and what the prototypes of that prefix refer to.
function operations.data_stage(text)
  local prefix, listed = text:match("^(.-)\n(.*)$")
  mods = json.decode(listed)
  local data = use "stage/data"
  data.run("settings", mods)
  data.run("prototype", mods, use("api/settings").startup())
  return json.encode(use("stage/data-check").of(prefix))
end

-- "<seed>\n<settings>": those of a map-gen-settings file, {} without one.
function operations.new(text)
  local control = use "stage/control"
  local seed, settings = text:match("^(%d+)\n(.*)$")
  control.start(mods)
  world.now = world.new(tonumber(seed))
  for key, value in next, json.decode(settings) do world.now.surfaces[1].map_gen_settings[key] = value end
  world.now.surfaces[1].map_gen_settings.seed = world.now.seed
  control.new_map(mods)
  use("tick").perform()
end

-- "<length of level> <level><script>", both ways.
function operations.save()
  local level, script = use("save").write(use("stage/control").storages())
  return #level .. " " .. level .. script
end

function operations.load(text)
  local control = use "stage/control"
  control.start(mods)
  local length, rest = text:match("^(%d+) (.*)$")
  local storages, renames = use("save").read(rest:sub(1, tonumber(length)), rest:sub(tonumber(length) + 1), mods)
  control.loaded(mods, storages, renames)
end

function operations.tick(count) return use("tick").run(tonumber(count)) end
function operations.now() return string.format("%.0f", world.now.tick) end
function operations.rcon(line) return use("command-line").run(line) end

function operations.drain()
  if #world.outbox == 0 then return "[]" end
  local entries = world.outbox
  world.outbox = {}
  return json.encode(entries)
end

function operations.storage(name)
  local control = use "stage/control"
  local mod = control.mod(name) or error("no such mod: " .. name, 0)
  return control.text_of(mod.env.storage)
end

function operations.eval(code)
  local control, events = use "stage/control", use "api/events"
  local env = setmetatable({ test = use "test-hooks", defines = use "api/defines" }, { __index = control.level.env })
  local chunk = assert(load(code, "=(eval)", "t", env))
  local before = events.switch(control.level)
  local ok, result = pcall(chunk)
  events.switch(before)
  if not ok then error(result, 0) end
  use("tick").finish()
  if result == nil then return "" end
  return type(result) == "string" and result or type(result) == "table" and json.encode(result) or tostring(result)
end

function operations.offered()
  local object = use "api/object"
  local order = use "lib/order"
  use "stage/control"
  use "test-hooks"
  use "api/prototype-families"
  local offered = { classes = object.offered(), defines = {}, globals = {} }
  local function names(t)
    local list = {}
    for key, value in next, t do list[key] = type(value) == "table" and names(value) or true end
    return list
  end
  offered.defines = names(use "api/defines")
  offered.globals = (order.keys(use("stage/sandbox").new()))
  return json.encode(offered)
end

return operations
