-- The members of LuaEntity that inserters have.
local use = ...
local object = use "api/object"
local prototypes = use "api/prototypes"
local inserter = use "api/inserter"
local sleepers = use "api/sleepers"
local stack = use "api/stack"
local defines = use("api/interface").defines()
local refuse = object.refuse

return function(class)
  local read, write, method = class.read, class.write, class.method

  local function arm_of(raw) return raw.arm or refuse("Entity is not an inserter.", 5) end

  local function end_members(which, position, target)
    read[position] = function(raw) return arm_of(raw) and inserter.position(raw, which) end
    write[position] = function(raw, at)
      local arm = arm_of(raw)
      if not prototypes.require("entity", raw.name).allow_custom_vectors then refuse("The inserter doesn't allow custom vectors.", 2) end
      arm[which .. "_vector"] = { x = (at.x or at[1]) - raw.x, y = (at.y or at[2]) - raw.y }
      inserter.moved(raw)
    end
    read[target] = function(raw) return arm_of(raw) and object.wrap(class, inserter.target(raw, which)) end
    write[target] = function(raw, other)
      arm_of(raw)[which .. "_chosen"] = other and object.raw(other).unit_number or nil
      inserter.touched(raw)
    end
  end
  end_members("pick", "pickup_position", "pickup_target")
  end_members("drop", "drop_position", "drop_target")

  read.held_stack = function(raw)
    return arm_of(raw) and object.wrap(stack.LuaItemStack, { inventory = raw.inventories[inserter.HAND], at = 1 })
  end
  read.held_stack_position = function(raw)
    local left, to = inserter.way_left(raw), inserter.position(raw, arm_of(raw).at)
    local from = inserter.position(raw, raw.arm.at == "pick" and "drop" or "pick")
    return { x = to.x + (from.x - to.x) * left, y = to.y + (from.y - to.y) * left }
  end
  read.inserter_target_pickup_count = function(raw) return arm_of(raw) and inserter.wanted(raw) end

  local function setting(member, key, check)
    read[member] = function(raw) return arm_of(raw)[key] end
    write[member] = function(raw, value)
      check(value)
      arm_of(raw)[key] = value
      inserter.touched(raw)
    end
  end
  setting("inserter_stack_size_override", "override", function(n)
    if type(n) ~= "number" or n < 0 or n > 255 or n % 1 ~= 0 then refuse("inserter_stack_size_override: 0 to 255 expected", 3) end
  end)
  setting("inserter_filter_mode", "mode", function(mode)
    if mode ~= "whitelist" and mode ~= "blacklist" then refuse("inserter_filter_mode: whitelist or blacklist expected", 3) end
  end)
  setting("use_filters", "use_filters", function(on)
    if type(on) ~= "boolean" then refuse("use_filters: a boolean expected", 3) end
  end)

  local function slots(raw) return raw.arm and prototypes.require("entity", raw.name).filter_count or 0 end
  local function check_slot(raw, i)
    if type(i) ~= "number" or i < 1 or i > slots(raw) then refuse("Filter slot index out of range: " .. tostring(i), 3) end
  end
  read.filter_slot_count = slots
  method.get_filter = function(raw, i)
    check_slot(raw, i)
    local filter = raw.arm.filters[i]
    return filter and { name = filter.name, quality = filter.quality, comparator = "=" } or nil
  end
  method.set_filter = function(raw, i, filter)
    check_slot(raw, i)
    if type(filter) == "table" and not object.class_of(filter) and (filter.comparator or "=") ~= "=" then
      refuse("set_filter: comparator " .. tostring(filter.comparator) .. " (stand-in: not offered)", 2)
    end
    local name, quality
    if filter ~= nil then name, quality = stack.wanted(filter) end
    raw.arm.filters[i] = name and { name = name, quality = quality } or nil
    inserter.touched(raw)
  end

  -- What has to do with inserters when something else is written.
  local function after(part, key, react)
    local before = part[key]
    part[key] = function(raw, ...) return react(raw, before(raw, ...)) end
  end
  local function touched(raw, ...) inserter.touched(raw) return ... end
  local function moved(raw, ...)
    if not raw.dead then inserter.moved(raw) end
    return ...
  end
  for _, key in ipairs { "disabled_by_script", "link_id" } do after(write, key, touched) end
  for _, key in ipairs { "order_deconstruction", "cancel_deconstruction", "set_recipe" } do after(method, key, touched) end
  after(write, "direction", moved)
  for _, key in ipairs { "rotate", "teleport" } do after(method, key, moved) end
  after(method, "clear_items_inside", function(raw, ...) sleepers.all_changed(raw) return ... end)

  local other_status = read.status
  read.status = function(raw)
    local waits = raw.arm and raw.arm.waits
    if raw.disabled_by_script or raw.to_be_deconstructed or not raw.arm then return other_status(raw) end
    if waits == "source" then return defines.entity_status.waiting_for_source_items end
    if waits == "space" then return defines.entity_status.waiting_for_space_in_destination end
    return defines.entity_status.working
  end
end
