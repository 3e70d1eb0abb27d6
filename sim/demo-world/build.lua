-- Two rows of chests near spawn: one export chest for each thing that is made, one import chest for each that is wanted.
local roles = require("roles")

local EXPORT = "clusterio-export-chest"
local IMPORT = "clusterio-import-chest"
-- Requests hold this many seconds of use: enough to see them fill, too little to hoard.
local REQUEST_SECONDS = 20
-- Chests are set this far from spawn, two tiles apart.
local ROW_X, EXPORT_Y, IMPORT_Y, APART = 4, 4, 8, 2

local build = {}

local function place(surface, name, x, y)
  local position = surface.find_non_colliding_position(name, { x + 0.5, y + 0.5 }, 100, 1) or { x + 0.5, y + 0.5 }
  return assert(
    surface.create_entity({ name = name, position = position, force = "player", raise_built = true }),
    "the demo world found no room for a " .. name
  )
end

local function request(chest, want)
  local point = chest.get_requester_point()
  local section = point.get_section(1) or point.add_section()
  section.set_slot(1, {
    value = { type = "item", name = want.name, quality = "normal" },
    min = want.per_second * REQUEST_SECONDS,
  })
end

function build.chests(surface, role)
  surface.request_to_generate_chunks({ 0, 0 }, 2)
  surface.force_generate_chunk_requests()
  local exports, imports = {}, {}
  for i, made in ipairs(roles.made(role)) do
    exports[made.name] = place(surface, EXPORT, ROW_X + APART * i, EXPORT_Y)
  end
  for i, want in ipairs(roles.wanted(role)) do
    local chest = place(surface, IMPORT, ROW_X + APART * i, IMPORT_Y)
    imports[want.name] = chest
    request(chest, want)
  end
  return exports, imports
end

build.chest_names = { EXPORT, IMPORT }

return build
