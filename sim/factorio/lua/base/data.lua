-- A hand-written miniature of the base game: what mods like ours copy from or refer to.
require "util"
require "prototypes.groups"
require "prototypes.quality"
require "prototypes.fluids"
require "prototypes.entities"
require "prototypes.items"
require "prototypes.recipes"
require "prototypes.technologies"
if mods.base:find("^2%.0%.") then require "line-2-0" end
