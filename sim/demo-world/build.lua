-- Two rows near spawn: one exporting entity for each thing that is made, one importing for each that is wanted.
local goods = require("goods")
local roles = require("roles")

-- Requests hold this many seconds of use: enough to see them fill, too little to hoard.
local REQUEST_SECONDS = 20
-- Entities are set this far from spawn, so far apart that tanks fit.
local ROW_X, EXPORT_Y, IMPORT_Y, APART = 4, 4, 10, 4

local build = {}

local function place(surface, name, x, y)
  local position = surface.find_non_colliding_position(name, { x + 0.5, y + 0.5 }, 100, 1) or { x + 0.5, y + 0.5 }
  return assert(
    surface.create_entity({ name = name, position = position, force = "player", raise_built = true }),
    "the demo world found no room for a " .. name
  )
end

function build.ports(surface, role)
  surface.request_to_generate_chunks({ 0, 0 }, 2)
  surface.force_generate_chunk_requests()
  local exports, imports = {}, {}
  for i, made in ipairs(roles.made(role)) do
    exports[goods.resource(made)] = place(surface, goods.kind(made).export, ROW_X + APART * i, EXPORT_Y)
  end
  for i, want in ipairs(roles.wanted(role)) do
    local kind = goods.kind(want)
    local port = place(surface, kind.import, ROW_X + APART * i, IMPORT_Y)
    imports[goods.resource(want)] = port
    kind.request(port, want, want.per_second * REQUEST_SECONDS)
  end
  return exports, imports
end

return build
