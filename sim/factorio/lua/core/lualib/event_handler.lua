-- Several libraries of one mod that each listen to events: { events, on_nth_tick, on_init, on_load, on_configuration_changed,
-- add_remote_interface, add_commands }.
local libraries, handler = {}, {}
local setup_done = false

local function each(name, ...)
  for _, library in pairs(libraries) do
    if library[name] then library[name](...) end
  end
end

-- key -> the functions of all libraries for it, in their order
local function collect(field)
  local by_key = {}
  for _, library in pairs(libraries) do
    for key, f in pairs(library[field] or {}) do
      by_key[key] = by_key[key] or {}
      table.insert(by_key[key], f)
    end
  end
  return by_key
end

local function all_of(functions)
  return function(event)
    for _, f in ipairs(functions) do f(event) end
  end
end

local function register_all()
  if setup_done then return end
  setup_done = true
  for event, functions in pairs(collect "events") do script.on_event(event, all_of(functions)) end
  for tick, functions in pairs(collect "on_nth_tick") do script.on_nth_tick(tick, all_of(functions)) end
  each "add_remote_interface"
  each "add_commands"
end

script.on_init(function()
  register_all()
  each "on_init"
end)

script.on_load(function()
  register_all()
  each "on_load"
end)

script.on_configuration_changed(function(data) each("on_configuration_changed", data) end)

function handler.add_lib(library)
  for _, known in pairs(libraries) do
    if known == library then error("Trying to register same lib twice", 2) end
  end
  table.insert(libraries, library)
end

function handler.add_libraries(list)
  for _, library in pairs(list) do handler.add_lib(library) end
end

return handler
