-- Commands, RCON and remote interfaces: how the outside and other mods call in.
local use = ...
local object = use "api/object"
local world = use "world"
local events = use "api/events"
local copy = use "lib/copy"
local order = use "lib/order"
use "api/render"

local console = { commands = {}, interfaces = {}, reply = nil }
local refuse = object.refuse

local game_commands = {}
for name in ([[c command sc silent-command measured-command help h players p quit save server-save time version seed evolution
  admins ban kick whisper w config promote demote mute unmute whitelist color shout s]]):gmatch("%S+") do
  game_commands[name] = { "command-help." .. name }
end

local function helps(map)
  return function()
    local result = {}
    for name, command in next, map do result[name] = command.help or command end
    return result
  end
end

local LuaCommandProcessor = object.class("LuaCommandProcessor", {
  has_valid = false,
  read = { commands = helps(console.commands), game_commands = helps(game_commands) },
  method = {
    add_command = function(mod, name, help, handler)
      if type(name) ~= "string" or name == "" or name:find("%s") then refuse("add_command: bad name: " .. tostring(name), 2) end
      if type(handler) ~= "function" then refuse("add_command: a function expected", 2) end
      if game_commands[name] then refuse("Command name is a game command: " .. name, 2) end
      if console.commands[name] then refuse("Command already exists: " .. name, 2) end
      console.commands[name] = { mod = mod, help = help or "", run = handler }
    end,
    remove_command = function(_, name)
      local had = console.commands[name] ~= nil
      console.commands[name] = nil
      return had
    end,
  },
})

local LuaRCON = object.class("LuaRCON", {
  has_valid = false,
  method = {
    print = function(_, message)
      if console.reply and world.options.server then console.reply[#console.reply + 1] = world.text(message) end
    end,
  },
})

local LuaRemote = object.class("LuaRemote", {
  has_valid = false,
  read = {
    interfaces = function()
      local result = {}
      for name, interface in next, console.interfaces do
        result[name] = {}
        for f in next, interface.functions do result[name][f] = true end
      end
      return result
    end,
  },
  method = {
    add_interface = function(mod, name, functions)
      if console.interfaces[name] then refuse("An interface called " .. tostring(name) .. " already exists", 2) end
      for _, key in ipairs((order.keys(functions))) do
        if type(functions[key]) ~= "function" then refuse("add_interface: " .. tostring(key) .. " is not a function", 2) end
      end
      console.interfaces[name] = { mod = mod, functions = functions }
    end,
    remove_interface = function(_, name)
      local had = console.interfaces[name] ~= nil
      console.interfaces[name] = nil
      return had
    end,
    call = function(_, name, f, ...)
      local interface = console.interfaces[name] or refuse("Unknown interface: " .. tostring(name), 2)
      local run = interface.functions[f] or refuse("No such function: " .. tostring(name) .. "." .. tostring(f), 2)
      local arguments = table.pack(...)
      for i = 1, arguments.n do arguments[i] = copy.between_mods(arguments[i]) end
      local before = events.switch(interface.mod)
      local results = table.pack(run(table.unpack(arguments, 1, arguments.n)))
      events.switch(before)
      for i = 1, results.n do results[i] = copy.between_mods(results[i]) end
      return table.unpack(results, 1, results.n)
    end,
  },
})

function console.clear()
  for name in next, console.commands do console.commands[name] = nil end
  for name in next, console.interfaces do console.interfaces[name] = nil end
end

function console.globals(mod)
  return {
    commands = object.wrap(LuaCommandProcessor, mod),
    rcon = object.wrap(LuaRCON, mod),
    remote = object.wrap(LuaRemote, mod),
    rendering = object.wrap(object.classes.LuaRendering, mod),
  }
end
return console
