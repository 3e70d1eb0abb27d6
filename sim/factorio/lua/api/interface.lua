-- The game's whole interface by name (interface/line-*.lua): what a mod may ask for, whether or not the stand-in has it.
local use = ...
local world = use "world"
local copy = use "lib/copy"

local names = use("interface/line-" .. (world.options.game_line or "2.1"):gsub("%.", "-"))
local interface = {}

-- Numbers that are known to be the game's or were this stand-in's before; the others of such a list are above them.
local known = {
  inventory = { fuel = 0, chest = 1, logistic_container_trash = 2, character_main = 3, linked_container_main = 4 },
  mouse_button_type = { none = 0, left = 1, right = 2, middle = 4 },
  wire_connector_id = {
    circuit_red = 1, circuit_green = 2, combinator_input_red = 1, combinator_input_green = 2, combinator_output_red = 3,
    combinator_output_green = 4, pole_copper = 5, power_switch_left_copper = 5, power_switch_right_copper = 6,
  },
}

local function at(root, path)
  for name in path:gmatch("[^.]+") do
    root[name] = root[name] or {}
    root = root[name]
  end
  return root
end

local function parse()
  local defines = { prototypes = {} }
  for path, list in names.defines:gmatch("([%w_.]+) ([^\n]*)\n") do
    local values = at(defines, path)
    for name, number in list:gmatch("([%w_]+)=(%d+)") do values[name] = known[path] and (known[path][name] or number + 10) or tonumber(number) end
  end
  for kind, types in names.prototypes:gmatch("([%w-]+) ([^\n]*)\n") do
    local values = at(defines.prototypes, kind)
    for name in types:gmatch("%S+") do values[name] = 0 end
  end
  return defines
end

local template

-- A fresh `defines`, as a mod sees it: a plain table in which a name that the game does not have is nil.
function interface.defines()
  template = template or parse()
  return copy.deep(template)
end

local members

-- Whether the game has this member, offered here or not.
function interface.has(class, member)
  if not members then
    members = {}
    for name, list in names.members:gmatch("(%w+) ([^\n]*)\n") do
      members[name] = {}
      for each in list:gmatch("%S+") do members[name][each] = true end
    end
  end
  return members[class] ~= nil and members[class][member] == true
end

return interface
