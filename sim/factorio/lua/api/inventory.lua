-- LuaInventory: { size, slots = {[i] = stack record}, bar?, filters?, index?, owner? }.
local use = ...
local object = use "api/object"
local stack = use "api/stack"
local world = use "world"
local sleepers = use "api/sleepers"

local inventory = {}
local refuse = object.refuse

function inventory.new(fields) -- size, index, owner, bar (supported), filters (supported)
  return {
    size = fields.size, slots = {}, index = fields.index, owner = fields.owner,
    supports_bar = fields.bar or false, supports_filters = fields.filters or false, filters = fields.filters and {} or nil,
  }
end

local function open_slots(inv) return inv.bar and math.min(inv.bar - 1, inv.size) or inv.size end

-- Calls visit(i, room) for slots that take `new`, until it returns false: partly filled ones first, then empty ones
-- filtered for it, then any empty one.
local function places(inv, new, visit)
  local slots, filters, open, size = inv.slots, inv.filters, open_slots(inv), stack.size(new.name)
  if next(slots) then
    for i = 1, open do
      local slot = slots[i]
      if slot and slot.count < size and stack.merges(slot, new) and not visit(i, size - slot.count) then return end
    end
  end
  if filters and next(filters) then
    for i = 1, open do
      if not slots[i] and filters[i] == new.name and not visit(i, size) then return end
    end
  end
  for i = 1, open do
    if not slots[i] and not (filters and filters[i]) and not visit(i, size) then return end
  end
end

-- Inserts a stack record; returns how many went in.
function inventory.insert(inv, new)
  local left = new.count
  if left <= 0 then return 0 end
  places(inv, new, function(i, room)
    local n = math.min(left, room)
    if inv.slots[i] then
      stack.pour(new, inv.slots[i], n)
    else
      local slot = {}
      for key, value in next, new do slot[key] = value end
      slot.count = n
      inv.slots[i] = slot
    end
    -- A partly used magazine or tool is one item: the rest of the batch is whole.
    new.ammo, new.durability = nil, nil
    left = left - n
    return left > 0
  end)
  if left < new.count then sleepers.changed(inv) end
  return new.count - left
end

function inventory.remove(inv, name, quality, count)
  local left = count
  for i = inv.size, 1, -1 do
    local slot = inv.slots[i]
    if left > 0 and slot and slot.name == name and slot.quality == quality then
      local n = math.min(left, slot.count)
      slot.count, left = slot.count - n, left - n
      if slot.count == 0 then inv.slots[i] = nil end
    end
  end
  if left < count then sleepers.changed(inv) end
  return count - left
end

function inventory.count(inv, name, quality)
  local n = 0
  for _, slot in next, inv.slots do
    if (not name or slot.name == name) and (not quality or slot.quality == quality) then n = n + slot.count end
  end
  return n
end

-- What `places` would visit, summed up: mods ask for it at every tick.
function inventory.insertable(inv, name, quality)
  local new, size, open, filters = { name = name, quality = quality }, stack.size(name), open_slots(inv), inv.filters
  local n, free = 0, open
  for i, slot in next, inv.slots do
    if i <= open then
      free = free - 1
      if stack.merges(slot, new) then n = n + math.max(0, size - slot.count) end
    end
  end
  for i, filter in next, filters or {} do
    if i <= open and not inv.slots[i] and filter ~= name then free = free - 1 end
  end
  return n + free * size
end

local function sort_and_merge(inv)
  local kept = {}
  for i = 1, inv.size do
    local slot = inv.slots[i]
    if slot and not (inv.filters and inv.filters[i]) then
      kept[#kept + 1] = slot
      inv.slots[i] = nil
    end
  end
  table.sort(kept, function(a, b)
    if a.name ~= b.name then return a.name < b.name end
    if a.quality ~= b.quality then return a.quality < b.quality end
    if a.count ~= b.count then return a.count > b.count end
    return (a.item_number or 0) < (b.item_number or 0)
  end)
  local bar = inv.bar
  inv.bar = nil
  for _, slot in ipairs(kept) do inventory.insert(inv, slot) end
  inv.bar = bar
end

local function contents(inv)
  local list, at = {}, {}
  for i = 1, inv.size do
    local slot = inv.slots[i]
    if slot then
      local key = slot.name .. "/" .. slot.quality
      if not at[key] then
        at[key] = { name = slot.name, quality = slot.quality, count = 0 }
        list[#list + 1] = at[key]
      end
      at[key].count = at[key].count + slot.count
    end
  end
  return list
end
inventory.contents = contents

local LuaInventory
LuaInventory = object.class("LuaInventory", {
  length = function(inv) return inv.size end,
  at = function(inv, i)
    if type(i) ~= "number" then refuse("LuaInventory doesn't contain key " .. tostring(i) .. ". (stand-in: not offered)", 2) end
    if i < 1 or i > inv.size or i ~= math.floor(i) then refuse("Index out of range: " .. tostring(i), 2) end
    return object.wrap(stack.LuaItemStack, { inventory = inv, at = i })
  end,
  read = {
    index = function(inv) return inv.index end,
    entity_owner = function(inv) return inv.owner and object.wrap(object.classes.LuaEntity, inv.owner) or nil end,
    mod_owner = function(inv) return inv.mod end,
  },
  method = {
    insert = function(inv, items) return inventory.insert(inv, stack.from(items)) end,
    remove = function(inv, items)
      local name, quality = stack.wanted(items)
      return inventory.remove(inv, name, quality, stack.from(items).count)
    end,
    can_insert = function(inv, items)
      local new = stack.from(items)
      return inventory.insertable(inv, new.name, new.quality) > 0
    end,
    get_insertable_count = function(inv, item) return inventory.insertable(inv, stack.wanted(item)) end,
    get_item_count = function(inv, item)
      if item == nil then return inventory.count(inv) end
      return inventory.count(inv, stack.wanted(item))
    end,
    get_contents = contents,
    is_empty = function(inv) return next(inv.slots) == nil end,
    is_full = function(inv)
      for i = 1, inv.size do
        local slot = inv.slots[i]
        if not slot or slot.count < stack.size(slot.name) then return false end
      end
      return true
    end,
    clear = function(inv)
      inv.slots = {}
      sleepers.changed(inv)
    end,
    sort_and_merge = sort_and_merge,
    count_empty_stacks = function(inv, include_filtered, include_bar)
      local n = 0
      for i = 1, include_bar == false and open_slots(inv) or inv.size do
        if not inv.slots[i] and (include_filtered or not (inv.filters and inv.filters[i])) then n = n + 1 end
      end
      return n
    end,
    find_item_stack = function(inv, item)
      local name, quality = stack.wanted(item)
      for i = 1, inv.size do
        local slot = inv.slots[i]
        if slot and slot.name == name and slot.quality == quality then
          return object.wrap(stack.LuaItemStack, { inventory = inv, at = i }), i
        end
      end
      return nil
    end,
    find_empty_stack = function(inv, item)
      local name = item ~= nil and stack.wanted(item) or nil
      for i = 1, inv.size do
        local filter = inv.filters and inv.filters[i]
        if not inv.slots[i] and (not filter or filter == name) then
          return object.wrap(stack.LuaItemStack, { inventory = inv, at = i }), i
        end
      end
      return nil
    end,
    supports_bar = function(inv) return inv.supports_bar end,
    get_bar = function(inv)
      if not inv.supports_bar then refuse("This inventory does not support a bar.", 2) end
      return inv.bar or inv.size + 1
    end,
    set_bar = function(inv, bar)
      if not inv.supports_bar then refuse("This inventory does not support a bar.", 2) end
      inv.bar = bar ~= nil and bar <= inv.size and bar or nil
      sleepers.changed(inv)
    end,
    supports_filters = function(inv) return inv.supports_filters end,
    get_filter = function(inv, i)
      if not inv.supports_filters then refuse("This inventory does not support filters.", 2) end
      return inv.filters[i] and { name = inv.filters[i] } or nil
    end,
    set_filter = function(inv, i, filter)
      if not inv.supports_filters then refuse("This inventory does not support filters.", 2) end
      local name = filter ~= nil and stack.wanted(filter) or nil
      if name and inv.slots[i] and inv.slots[i].name ~= name then return false end
      inv.filters[i] = name
      sleepers.changed(inv)
      return true
    end,
    destroy = function(inv)
      if not inv.mod then refuse("Only inventories made by a script can be destroyed.", 2) end
      inv.dead = true
      for i, other in ipairs(world.now.inventories) do if other == inv then table.remove(world.now.inventories, i) break end end
    end,
  },
})
inventory.class = LuaInventory

function inventory.wrap(inv) return object.wrap(LuaInventory, inv) end

return inventory
