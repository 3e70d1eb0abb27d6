// The Lua that the tests run inside the game.

/** Before every piece: the port on a tile, and contents by resource. */
export const atTile = `
  local port_names = {
    "clusterio-export-chest", "clusterio-import-chest", "clusterio-export-tank", "clusterio-import-tank",
    "clusterio-export-accumulator", "clusterio-import-accumulator",
  }
  local function at(x)
    return game.surfaces[1].find_entities_filtered{ position = { x + 0.5, 0.5 }, name = port_names, limit = 1 }[1]
  end
  local function add(to, port)
    local function count(name, amount) if amount > 0 then to[name] = (to[name] or 0) + amount end end
    local inventory = port.get_inventory(defines.inventory.chest)
    for _, each in ipairs(inventory and inventory.get_contents() or {}) do
      count("item:" .. each.name .. (each.quality ~= "normal" and ":" .. each.quality or ""), each.count)
    end
    if port.fluids_count > 0 then
      local fluid = port.get_fluid(1)
      if fluid then count(string.format("fluid:%s:%.0f", fluid.name, math.floor(fluid.temperature)), fluid.amount) end
    end
    if port.electric_buffer_size then count("energy", port.energy / 1e6) end
    return to
  end
  -- The two games name it differently.
  local function flow_out(tank, amount)
    local held = tank.get_fluid(1)
    if not held then return 0 end
    if helpers.game_version:find("^2%.0%.") then return tank.remove_fluid{ name = held.name, amount = amount } end
    return tank.remove_fluid(1, amount).amount
  end
  -- What players did, in the scenario's storage, so that saves and peers have it.
  local function did(act)
    storage.done, storage.undone = storage.done or {}, {}
    table.insert(storage.done, act)
  end
  -- Makes the last act of a list undone, or done again, if it still can be, and moves it to the other list.
  local function go(from, to, is_again)
    local act = table.remove(from or {})
    if not act then return end
    local here = at(act.x)
    if act.built ~= is_again and here and here.name == act.name then
      test.robot_mine(here)
    elseif act.built == is_again and not here then
      test.robot_build{ name = act.name, position = { act.x, 0 } }
    else
      return
    end
    table.insert(to, act)
  end
  local function contents(port) return port and add({}, port) or {} end
  local function everything()
    local all = {}
    for _, surface in pairs(game.surfaces) do
      for _, port in ipairs(surface.find_entities_filtered{ name = port_names }) do add(all, port) end
    end
    return all
  end
`;

/** Checks M4, M5, M6 and the positions in the rings against the numbers kept for them. */
export const brokenInvariants = `
  local state, broken = test.storage("clusterio"), {}
  local function check(ok, what) if not ok then broken[#broken + 1] = what end end
  local missing, queued = {}, {}
  for _, port in ipairs(state.imports.all) do
    for _, want in ipairs(port.wants) do
      missing[want.r] = (missing[want.r] or 0) + want.missing
      check((want.missing > 0) == (want.queuedAt >= 0), "M4: a want is queued exactly while it misses something")
      if want.queuedAt >= 0 then
        queued[want.r] = (queued[want.r] or 0) + 1
        check(rawequal(state.waiting[want.r].wants[want.queuedAt + 1], want), "M4: a want stands where it says")
      end
    end
  end
  for i, order in ipairs(state.orders.all) do
    missing[order.r] = (missing[order.r] or 0) + order.missing
    check(order.at == i - 1 and rawequal(state.orders.byId[order.order], order), "M9: an order stands where it says")
    check(order.missing == math.max(0, order.count - (order.standing and order.held or order.got)), "M9: an order misses what is to come")
    check(order.held >= 0 and order.held <= order.got and order.held % 1 == 0, "M9: an order holds a whole part of what came")
    check((order.missing > 0) == (order.queuedAt >= 0), "M4: an order is queued exactly while it misses something")
    if order.queuedAt >= 0 then
      queued[order.r] = (queued[order.r] or 0) + 1
      check(rawequal(state.waiting[order.r].wants[order.queuedAt + 1], order), "M4: an order waits where it says")
    end
  end
  for r = 0, #state.names - 1 do
    check((missing[r] or 0) == (state.missing[r] or 0), "M4: missing is the sum of the wants")
    check((queued[r] or 0) == (state.waiting[r] and #state.waiting[r].wants or 0), "M4: nothing else is queued")
    check((state.buffer[r] or 0) >= 0, "M6: the buffer is not negative")
    check((state.poolAt[r] ~= nil) == ((state.buffer[r] or 0) > 0), "M6: in the pool exactly while in the buffer")
    for _, totals in ipairs{ state.exported, state.received, state.buffer } do
      check((totals[r] or 0) % 1 == 0, "M7: totals and the buffer are whole")
    end
    check((state.crumbs[r] or 0) < 1 and (state.crumbs[r] or 1) > 0, "M7: crumbs are below one")
  end
  for i, entry in ipairs(state.pool) do check(entry.at == i - 1 and rawequal(state.poolAt[entry.r], entry), "M6: the pool's positions") end
  for _, ring in ipairs{ state.exports, state.imports } do
    for i, port in ipairs(ring.all) do
      check(port.at == i - 1 and rawequal(state.ports[port.unit], port), "the ring's positions")
      check(port.activeAt < 0 or rawequal(ring.active[port.activeAt + 1], port), "an active port stands where it says")
    end
    for i, port in ipairs(ring.active) do check(port.activeAt == i - 1, "only active ports are active") end
  end
  return broken
`;

/** Puts a counter before every port's entity. */
export const countedEntities = `
  test.accesses = 0
  local function counted(entity)
    return setmetatable({}, {
      __index = function(_, key) test.accesses = test.accesses + 1 return entity[key] end,
      __newindex = function(_, key, value) test.accesses = test.accesses + 1 entity[key] = value end,
    })
  end
  local state = test.storage("clusterio")
  for _, ring in ipairs{ state.exports, state.imports } do
    for _, port in ipairs(ring.all) do port.entity = counted(port.entity) end
  end
`;
