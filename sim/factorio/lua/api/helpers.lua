-- `helpers`: the same object in every stage; what belongs to a running game refuses in the others.
local use = ...
local object = use "api/object"
local world = use "world"
local json = use "lib/json"

local base64 = use "lib/base64"
local zlib = use "lib/zlib"
local directions = use("api/interface").defines().direction

local helpers = {}
local refuse = object.refuse

local function path_or_refuse(path)
  if type(path) ~= "string" or path == "" or path:sub(1, 1) == "/" then refuse("Bad file name: " .. tostring(path), 3) end
  for part in path:gmatch("[^/\\]+") do if part == ".." then refuse("File names can't go up: " .. path, 3) end end
  return path
end

local function version_numbers(text)
  local numbers = {}
  for n in text:gmatch("%d+") do numbers[#numbers + 1] = tonumber(n) end
  return numbers
end

local function switch(running) return function(raw) raw.running = running end end
local LuaProfiler = object.class("LuaProfiler", {
  valid = function() return true end,
  method = {
    reset = switch(true), restart = switch(true), stop = switch(false), add = function() end, divide = function() end,
  },
})

function helpers.new_profiler(stopped) return object.wrap(LuaProfiler, { running = not stopped }) end

local LuaHelpers = object.class("LuaHelpers", {
  has_valid = false,
  read = {
    game_version = function() return world.options.game_version end,
    stage = function() return world.now and "runtime" or world.stage end,
  },
  method = {
    table_to_json = function(_, value)
      if type(value) ~= "table" then refuse("table_to_json: a table expected, got " .. type(value), 2) end
      return json.encode(value)
    end,
    json_to_table = function(_, text)
      if type(text) ~= "string" then refuse("json_to_table: a string expected, got " .. type(text), 2) end
      return json.decode(text)
    end,
    write_file = function(_, name, data, append, for_player)
      path_or_refuse(name)
      if for_player ~= nil and not world.now then refuse("write_file: for_player can't be used in this stage", 2) end
      if for_player == 0 and not world.options.server then return end
      if for_player ~= nil and for_player ~= 0 then return end -- another player's disk
      world.emit { kind = "file", path = name, data = world.text(data), append = append or false }
    end,
    -- A zlib stream in base64, as blueprint strings are (without their first character).
    encode_string = function(_, text) return base64.encode(zlib.deflate(text)) end,
    decode_string = function(_, text)
      local stream = base64.decode(text)
      return stream and zlib.inflate(stream) or nil
    end,
    parse_map_exchange_string = function(_, text)
      if not world.now then refuse("parse_map_exchange_string can't be used in this stage", 2) end
      local controls = use("api/prototypes").names("autoplace_control")
      local ok, result = pcall(use("lib/exchange").parse, text, world.options.game_version, controls)
      return ok and result or refuse(result, 2)
    end,
    direction_to_string = function(_, direction)
      for name, value in next, directions do if value == direction then return name end end
      refuse("Unknown direction: " .. tostring(direction), 2)
    end,
    -- Numbers, the four operations, powers, comparisons, brackets, functions of math and variables.
    evaluate_expression = function(_, expression, variables)
      local names = { pi = math.pi, e = math.exp(1) }
      for _, name in ipairs { "abs", "ceil", "floor", "max", "min", "cos", "sin", "sqrt", "log" } do names[name] = math[name] end
      for name, value in next, variables or {} do names[name] = value end
      if expression:find("[^%w%s%.%+%-%*/%^%%%(%),_<>=]") or expression:find("%f[%a]function%f[%A]") then
        refuse("evaluate_expression: can't read " .. expression, 2)
      end
      local chunk = load("return " .. expression, "=expression", "t", names) or refuse("evaluate_expression: can't read " .. expression, 2)
      local ok, value = pcall(chunk)
      if not ok or type(value) ~= "number" then refuse("evaluate_expression: no number: " .. expression, 2) end
      return value
    end,
    multilingual_to_lower = function(_, text) return text:lower() end,
    -- Sprites of prototypes are there; which others a game has, nobody here knows.
    is_valid_sprite_path = function(_, path)
      local kind, name = path:match("^([%w%-]+)/(.+)$")
      if kind == "utility" then return true end
      return kind ~= nil and use("api/prototypes").record((kind:gsub("-", "_")), name) ~= nil
    end,
    is_valid_sound_path = function(_, path) return path:match("^[%w%-]+/.+$") ~= nil end,
    check_prototype_translations = function() end,
    -- Time is not measured here: profilers of two peers would differ.
    create_profiler = function(_, stopped) return helpers.new_profiler(stopped) end,
    remove_path = function(_, path) world.emit { kind = "remove", path = path_or_refuse(path) } end,
    compare_versions = function(_, a, b)
      local x, y = version_numbers(a), version_numbers(b)
      for i = 1, math.max(#x, #y) do
        local difference = (x[i] or 0) - (y[i] or 0)
        if difference ~= 0 then return difference < 0 and -1 or 1 end
      end
      return 0
    end,
  },
})

helpers.global = object.wrap(LuaHelpers, { static = "helpers" })

return helpers
