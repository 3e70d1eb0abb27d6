-- A console line, as RCON, the server's standard input or a player sends it. The reply is what RCON gets.
local use = ...
local world = use "world"
local events = use "api/events"
local console = use "api/console"
local control = use "stage/control"

local command_line = {}
local warned = false -- not saved: the game asks again after a restart

local function count_players(online)
  local n = 0
  for _, player in ipairs(world.now.players) do if not online or player.connected then n = n + 1 end end
  return n
end

local function played(ticks)
  local seconds = math.floor(ticks / 60)
  local parts = {}
  for _, unit in ipairs { { "day", 86400 }, { "hour", 3600 }, { "minute", 60 }, { "second", 1 } } do
    local n = math.floor(seconds / unit[2])
    seconds = seconds % unit[2]
    if n > 0 then parts[#parts + 1] = n .. " " .. unit[1] .. (n == 1 and "" or "s") end
  end
  if #parts == 0 then return "0 seconds" end
  if #parts == 1 then return parts[1] end
  local last = table.remove(parts)
  return table.concat(parts, ", ") .. " and " .. last
end

local builtin = {
  time = function() return played(world.now.tick) end,
  version = function() return world.options.game_version end,
  seed = function() return string.format("%.0f", world.now.seed) end,
  players = function(rest)
    local online = rest:match("^o") ~= nil
    local lines = { (online and "Online players (" or "Players (") .. count_players(online) .. "):" }
    for _, player in ipairs(world.now.players) do
      if player.connected or not online then lines[#lines + 1] = "  " .. player.name .. (player.connected and " (online)" or "") end
    end
    return table.concat(lines, "\n")
  end,
  quit = function()
    world.emit { kind = "quit", why = "remote-quit" }
    return nil
  end,
  ["server-save"] = function(rest)
    local name = rest:match("^(%S+)")
    if name and (name:find("^_autosave") or name:find("[/\\]")) then return "Can't save under the name " .. name .. "." end
    world.emit { kind = "save", name = name }
    return "Saving map..."
  end,
}
builtin.p, builtin.save = builtin.players, builtin["server-save"]

local lua_commands = { c = true, command = true, sc = true, ["silent-command"] = true, ["measured-command"] = true }

-- /c and its kin: the first use in a run only warns; then the save is marked.
local function run_lua(rest)
  if not world.now.console_command_used and not warned then
    warned = true
    return "Using Lua console commands will disable achievements. Please repeat the command to proceed."
  end
  world.now.console_command_used = true
  local mod_name, code = rest:match("^__([%w_%-]+)__%s*(.*)$")
  local target = control.level
  if mod_name and mod_name ~= "level" then
    target = control.mod(mod_name)
    if not target then return "Cannot execute command. Error: There is no mod named " .. mod_name .. " running" end
  end
  local chunk, problem = load(code or rest, "=(command)", "t", target.env)
  if not chunk then return "Cannot execute command. Error: " .. tostring(problem) end
  local before = events.switch(target)
  local ok, raised = pcall(chunk)
  events.switch(before)
  if not ok then
    if type(raised) == "table" and raised.message then error(raised, 0) end
    return "Cannot execute command. Error: " .. tostring(raised)
  end
  return nil
end

local function run_custom(command, name, rest, player_index)
  events.call(command.mod, "command /" .. name .. " of " .. command.mod.name, command.run, {
    name = name, tick = world.now.tick, player_index = player_index, parameter = rest ~= "" and rest or nil,
  })
end

local function chat(line, player_index)
  local player = player_index and world.now.players[player_index]
  world.emit { kind = "chat", text = (player and player.name or "<server>") .. ": " .. line }
  events.raise("on_console_chat", { message = line, player_index = player_index })
end

local function run(line, player_index)
  local name, rest = line:match("^/(%S+)%s?(.*)$")
  if not name then return chat(line, player_index) end
  events.raise("on_console_command", { command = name, parameters = rest, player_index = player_index })
  local command = console.commands[name]
  if command then return run_custom(command, name, rest, player_index) end
  if lua_commands[name] then return run_lua(rest) end
  if builtin[name] then return builtin[name](rest) end
  return 'Unknown command "' .. name .. '". Type /help for a list of commands.'
end

-- Lines of rcon.print and the command's own answer, each ended by a newline; nothing at all when nothing was said.
function command_line.run(line, player_index)
  console.reply = {}
  local answer = run(line, player_index)
  local lines = console.reply
  console.reply = nil
  if answer then lines[#lines + 1] = answer end
  return #lines > 0 and table.concat(lines, "\n") .. "\n" or ""
end

return command_line
