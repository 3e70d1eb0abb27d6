-- The constant combinator: sections of signals, switched on or off as a whole.
local use = ...
local object = use "api/object"
local logistic = use "api/logistic"
local defines = use "api/defines"

local read, method = logistic.section_members(
  function(raw) return raw.sections end,
  function(raw) return raw.owner end
)
read.enabled = function(raw) return raw.enabled end
read.type = function() return defines.control_behavior.type.constant_combinator end
read.entity = function(raw) return object.wrap(object.classes.LuaEntity, raw.owner) end

local combinator = {}

local class = object.class("LuaConstantCombinatorControlBehavior", {
  valid = function(raw) return not raw.owner.dead end,
  read = read,
  write = { enabled = function(raw, enabled) raw.enabled = enabled end },
  method = method,
})

function combinator.new(owner) return { owner = owner, enabled = true, sections = logistic.sections(owner) } end

function combinator.wrap(raw) return object.wrap(class, raw) end

return combinator
