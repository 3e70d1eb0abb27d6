// The Lua that the tests run inside the game.

/** Before every piece: the chest on a tile, and contents by resource. */
export const atTile = `
  local chest_names = { "clusterio-export-chest", "clusterio-import-chest" }
  local function at(x)
    return game.surfaces[1].find_entities_filtered{ position = { x + 0.5, 0.5 }, name = chest_names, limit = 1 }[1]
  end
  local function add(to, chest)
    for _, each in ipairs(chest.get_inventory(defines.inventory.chest).get_contents()) do
      local name = "item:" .. each.name .. (each.quality ~= "normal" and ":" .. each.quality or "")
      to[name] = (to[name] or 0) + each.count
    end
    return to
  end
  local function contents(chest) return add({}, chest) end
  local function everything()
    local all = {}
    for _, chest in ipairs(game.surfaces[1].find_entities_filtered{ name = chest_names }) do add(all, chest) end
    return all
  end
`;

/** Checks M4, M5, M6 and the positions in the rings against the numbers kept for them. */
export const brokenInvariants = `
  local state, broken = test.storage("clusterio"), {}
  local function check(ok, what) if not ok then broken[#broken + 1] = what end end
  local missing, queued = {}, {}
  for _, chest in ipairs(state.imports.all) do
    for _, want in ipairs(chest.wants) do
      missing[want.r] = (missing[want.r] or 0) + want.missing
      check((want.missing > 0) == (want.queuedAt >= 0), "M4: a want is queued exactly while it misses something")
      if want.queuedAt >= 0 then
        queued[want.r] = (queued[want.r] or 0) + 1
        check(rawequal(state.waiting[want.r].wants[want.queuedAt + 1], want), "M4: a want stands where it says")
      end
    end
  end
  for r = 0, #state.names - 1 do
    check((missing[r] or 0) == (state.missing[r] or 0), "M4: missing is the sum of the wants")
    check((queued[r] or 0) == (state.waiting[r] and #state.waiting[r].wants or 0), "M4: nothing else is queued")
    check((state.buffer[r] or 0) >= 0, "M6: the buffer is not negative")
    check((state.poolAt[r] ~= nil) == ((state.buffer[r] or 0) > 0), "M6: in the pool exactly while in the buffer")
  end
  for i, entry in ipairs(state.pool) do check(entry.at == i - 1 and rawequal(state.poolAt[entry.r], entry), "M6: the pool's positions") end
  for _, ring in ipairs{ state.exports, state.imports } do
    for i, chest in ipairs(ring.all) do
      check(chest.at == i - 1 and rawequal(state.chests[chest.unit], chest), "the ring's positions")
      check(chest.activeAt < 0 or rawequal(ring.active[chest.activeAt + 1], chest), "an active chest stands where it says")
    end
    for i, chest in ipairs(ring.active) do check(chest.activeAt == i - 1, "only active chests are active") end
  end
  return broken
`;

/** Puts a counter before every chest's entity. */
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
    for _, chest in ipairs(ring.all) do chest.entity = counted(chest.entity) end
  end
`;
