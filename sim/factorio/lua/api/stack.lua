-- Item stacks: the records inside inventories ({ name, quality, count, health?, ammo?, durability?, spoil_tick?, tags?,
-- item_number? }) and LuaItemStack, which is a place in an inventory, not a thing.
local use = ...
local object = use "api/object"
local prototypes = use "api/prototypes"
local copy = use "lib/copy"
local world = use "world"
local spoilage = use "api/spoilage"
local sleepers = use "api/sleepers"

local stack = {}
local refuse = object.refuse

-- Types whose every item carries data of its own (LuaItemStack.item).
local with_data = {
  ["armor"] = true, ["item-with-entity-data"] = true, ["item-with-inventory"] = true, ["item-with-label"] = true,
  ["item-with-tags"] = true, ["blueprint"] = true, ["blueprint-book"] = true, ["deconstruction-item"] = true,
  ["upgrade-item"] = true, ["spidertron-remote"] = true, ["selection-tool"] = true,
}

local function spoil_ticks(name, quality)
  return prototypes.spoil_ticks(prototypes.require("item", name), quality)
end

-- An ItemStackIdentification as a new record, its count possibly above a stack's.
function stack.from(id)
  if type(id) == "string" then id = { name = id } end
  if object.is(id, stack.LuaItemStack) then
    local slot = stack.slot(object.raw(id))
    if not slot then refuse("LuaItemStack is not valid for read.", 3) end
    local copy = {}
    for key, value in next, slot do copy[key] = value end
    return copy
  end
  if type(id) ~= "table" or object.class_of(id) then refuse("Invalid item stack.", 3) end
  local name = prototypes.name_of(id.name)
  local item = prototypes.require("item", name, 3)
  local quality = prototypes.quality_name(id.quality)
  local count = id.count == nil and 1 or id.count
  if type(count) ~= "number" then refuse("count: a number expected, got " .. type(count), 3) end
  if count < 0 or count > 4294967295 or count ~= count then refuse("count: outside of uint32: " .. tostring(count), 3) end
  local new = {
    name = name, quality = quality, count = math.floor(count), health = id.health, tags = id.tags,
    ammo = item.type == "ammo" and id.ammo or nil, durability = id.durability,
  }
  new.spoil_tick = spoilage.tick_of(name, quality, id.spoil_percent or 0)
  if with_data[item.type] then
    world.now.next_item_number = world.now.next_item_number + 1
    new.item_number = world.now.next_item_number
  end
  return new
end

-- The name and quality to look for in an ItemWithQualityID or an ItemStackIdentification. A bare name is normal quality.
function stack.wanted(id)
  if type(id) == "string" then
    prototypes.require("item", id, 3)
    return id, "normal"
  end
  if object.is(id, stack.LuaItemStack) then
    local slot = stack.slot(object.raw(id)) or refuse("LuaItemStack is not valid for read.", 3)
    return slot.name, slot.quality
  end
  local raw = object.raw(id)
  if raw and raw.static then return raw.name, "normal" end
  if type(id) ~= "table" then refuse("Invalid item identification.", 3) end
  local name = prototypes.name_of(id.name)
  prototypes.require("item", name, 3)
  return name, prototypes.quality_name(id.quality)
end

function stack.size(name) return prototypes.require("item", name).stack_size end

-- Stacks of one item merge; what carries data of its own does not.
function stack.merges(a, b)
  return a.name == b.name and a.quality == b.quality and not a.item_number and not b.item_number and not a.tags and not b.tags
end

-- `count` of `from` goes onto `to`: wear is averaged, ammunition and tools are topped up, as the game does.
function stack.pour(from, to, count)
  local total = to.count + count
  if from.health or to.health then to.health = ((to.health or 1) * to.count + (from.health or 1) * count) / total end
  if from.spoil_tick and to.spoil_tick then
    to.spoil_tick = math.floor((to.spoil_tick * to.count + from.spoil_tick * count) / total)
  end
  for _, key in ipairs { "ammo", "durability" } do
    local full = stack.full(to, key)
    if full and (from[key] or to[key]) then
      local left = (to[key] or full) + (from[key] or full) - full
      -- One partly used item at the top of a stack: what does not fill one up uses up another.
      if left <= 0 then
        left, total = left + full, total - 1
      end
      to[key] = left < full and left or nil
    end
  end
  to.count = total
end

-- How much is in a whole one: bullets, or durability; nil when this item has none.
function stack.full(slot, key)
  local item = prototypes.require("item", slot.name)
  if key == "ammo" then return item.type == "ammo" and (item.magazine_size or 1) or nil end
  return prototypes.durability(item, slot.quality)
end

function stack.slot(raw) return raw.inventory.slots[raw.at] end

-- What lies in the place from now on: nil for nothing.
local function put(raw, slot)
  raw.inventory.slots[raw.at] = slot
  sleepers.changed(raw.inventory)
end

local function readable(raw)
  local slot = stack.slot(raw)
  if not slot then refuse("LuaItemStack API call when LuaItemStack was invalid for read.", 4) end
  return slot
end

local function read_only_when(get)
  return function(raw) return get(readable(raw), raw) end
end

local function of_type(raw, kind)
  return prototypes.require("item", readable(raw).name).type == kind
end

-- A blueprint item: { entities = { [i] = { name, position, tags } } } once a player has set it up.
local function blueprint_entity(raw, index)
  local slot = readable(raw)
  if prototypes.require("item", slot.name).type ~= "blueprint" then refuse("This item is not a blueprint.", 3) end
  return slot.entities and slot.entities[index] or refuse("Blueprint entity index out of range: " .. tostring(index), 3)
end

local function type_test(kind) return function(raw) return of_type(raw, kind) end end

-- Types whose items may have a label.
local with_label = {
  ["item-with-label"] = true, ["item-with-inventory"] = true, ["item-with-tags"] = true, ["blueprint"] = true, ["blueprint-book"] = true,
  ["deconstruction-item"] = true, ["upgrade-item"] = true, ["selection-tool"] = true, ["copy-paste-tool"] = true,
}
local function labelled(raw)
  local slot = readable(raw)
  if not with_label[prototypes.require("item", slot.name).type] then refuse("This item can't have a label.", 4) end
  return slot
end

stack.LuaItemStack = object.class("LuaItemStack", {
  valid = function(raw) return not raw.inventory.dead and raw.at <= raw.inventory.size end,
  equal = function(a, b) return a.inventory == b.inventory and a.at == b.at end,
  read = {
    valid_for_read = function(raw) return stack.slot(raw) ~= nil end,
    name = read_only_when(function(slot) return slot.name end),
    type = read_only_when(function(slot) return prototypes.require("item", slot.name).type end),
    count = read_only_when(function(slot) return slot.count end),
    quality = read_only_when(function(slot) return prototypes.wrapped("quality", slot.quality) end),
    prototype = read_only_when(function(slot) return prototypes.wrapped("item", slot.name) end),
    health = read_only_when(function(slot) return slot.health or 1 end),
    ammo = read_only_when(function(slot)
      return slot.ammo or stack.full(slot, "ammo") or refuse("This item is not ammo.", 5)
    end),
    durability = read_only_when(function(slot)
      return slot.durability or stack.full(slot, "durability") or refuse("This item is not a tool.", 5)
    end),
    spoil_tick = read_only_when(function(slot) return slot.spoil_tick or 0 end),
    spoil_percent = read_only_when(function(slot)
      if not slot.spoil_tick then return 0 end
      local share = 1 - (slot.spoil_tick - world.now.tick) / spoil_ticks(slot.name, slot.quality)
      return math.max(0, math.min(1, share))
    end),
    tags = read_only_when(function(slot)
      if prototypes.require("item", slot.name).type ~= "item-with-tags" then refuse("This item is not an item with tags.", 5) end
      return slot.tags or {}
    end),
    item_number = read_only_when(function(slot) return slot.item_number end),
    item = read_only_when(function(slot, raw)
      if not slot.item_number then return nil end
      return object.wrap(stack.LuaItem, { inventory = raw.inventory, at = raw.at, item_number = slot.item_number })
    end),
    grid = read_only_when(function(slot) return slot.grid and object.wrap(stack.LuaEquipmentGrid, slot.grid) or nil end),
    label = function(raw) return labelled(raw).label end,
    label_color = function(raw) return copy.deep(labelled(raw).label_color) end,
    allow_manual_label_change = function(raw) return labelled(raw).allow_manual_label_change ~= false end,
    is_blueprint_book = type_test "blueprint-book",
    is_deconstruction_item = type_test "deconstruction-item",
    is_upgrade_item = type_test "upgrade-item",
    is_selection_tool = type_test "selection-tool",
    is_item_with_inventory = type_test "item-with-inventory",
    is_item_with_label = function(raw) return with_label[prototypes.require("item", readable(raw).name).type] == true end,
    is_ammo = type_test "ammo",
    is_armor = type_test "armor",
    is_tool = type_test "tool",
    is_repair_tool = type_test "repair-tool",
    is_module = type_test "module",
    is_blueprint = type_test "blueprint",
    is_item_with_tags = type_test "item-with-tags",
    is_item_with_entity_data = type_test "item-with-entity-data",
  },
  write = {
    count = function(raw, count)
      local slot = readable(raw)
      if count > stack.size(slot.name) then refuse("count: above the stack size", 2) end
      slot.count = math.floor(count)
      put(raw, count > 0 and slot or nil)
    end,
    health = function(raw, health) readable(raw).health = health < 1 and health or nil end,
    ammo = function(raw, ammo)
      local slot = readable(raw)
      local full = stack.full(slot, "ammo") or refuse("This item is not ammo.", 2)
      slot.ammo = ammo < full and ammo or nil
    end,
    durability = function(raw, durability)
      local slot = readable(raw)
      local full = stack.full(slot, "durability") or refuse("This item is not a tool.", 2)
      slot.durability = durability < full and durability or nil
    end,
    label = function(raw, text) labelled(raw).label = text end,
    label_color = function(raw, color) labelled(raw).label_color = copy.deep(color) end,
    allow_manual_label_change = function(raw, allowed) labelled(raw).allow_manual_label_change = allowed end,
    spoil_percent = function(raw, share)
      local slot = readable(raw)
      if slot.spoil_tick then slot.spoil_tick = spoilage.tick_of(slot.name, slot.quality, share) end
    end,
  },
  method = {
    -- Exchanges what two stacks hold, when both may.
    swap_stack = function(raw, other)
      local own, theirs = stack.slot(raw), object.raw(other)
      local there = stack.slot(theirs)
      local function fits(target, slot)
        local filter = target.inventory.filters and target.inventory.filters[target.at]
        return not slot or not filter or filter == slot.name
      end
      if not fits(raw, there) or not fits(theirs, own) then return false end
      put(raw, there)
      put(theirs, own)
      return true
    end,
    clear = function(raw) put(raw, nil) end,
    set_stack = function(raw, id)
      if id == nil then
        put(raw, nil)
        return true
      end
      local new = stack.from(id)
      local filter = raw.inventory.filters and raw.inventory.filters[raw.at]
      if filter and filter ~= new.name then return false end
      new.count = math.min(new.count, stack.size(new.name))
      put(raw, new.count > 0 and new or nil)
      return true
    end,
    can_set_stack = function(raw, id)
      if id == nil then return true end
      local filter = raw.inventory.filters and raw.inventory.filters[raw.at]
      return not filter or filter == stack.from(id).name
    end,
    set_blueprint_entity_tag = function(raw, index, tag, value) blueprint_entity(raw, index).tags[tag] = copy.deep(value) end,
    get_blueprint_entity_tag = function(raw, index, tag) return copy.deep(blueprint_entity(raw, index).tags[tag]) end,
    drain_ammo = function(raw, amount)
      local slot = readable(raw)
      local full = stack.full(slot, "ammo") or refuse("This item is not ammo.", 2)
      local left = (slot.ammo or full) - amount
      while left <= 0 and slot.count > 0 do slot.count, left = slot.count - 1, left + full end
      slot.ammo = left < full and left or nil
      put(raw, slot.count > 0 and slot or nil)
    end,
  },
})

-- Only that it is there, and its number: enough to refuse such stacks.
stack.LuaItem = object.class("LuaItem", {
  valid = function(raw)
    local slot = stack.slot(raw)
    return not raw.inventory.dead and slot ~= nil and slot.item_number == raw.item_number
  end,
  read = {
    name = function(raw) return stack.slot(raw).name end,
    type = function(raw) return prototypes.require("item", stack.slot(raw).name).type end,
    item_number = function(raw) return raw.item_number end,
    prototype = function(raw) return prototypes.wrapped("item", stack.slot(raw).name) end,
    quality = function(raw) return prototypes.wrapped("quality", stack.slot(raw).quality) end,
  },
})

stack.LuaEquipmentGrid = object.class("LuaEquipmentGrid", {
  read = { width = function(raw) return raw.width end, height = function(raw) return raw.height end },
})

-- A value that an event carries and that is worked out when somebody asks.
stack.LuaLazyLoadedValue = object.class("LuaLazyLoadedValue", {
  method = { get = function(raw) return raw.get() end },
})

return stack
