-- meld(target, source): source's fields go into target, tables into tables; control values say otherwise.
local DELETE, OVERWRITE, APPEND, PREPEND, INVOKE = {}, {}, {}, {}, {}
local meld

local function apply(control, old)
  if control.kind == DELETE then return nil end
  if control.kind == OVERWRITE then return control.value end
  if control.kind == INVOKE then return control.value(old) end
  local list = old or {}
  for i, item in ipairs(control.value) do
    if control.kind == APPEND then list[#list + 1] = item else table.insert(list, i, item) end
  end
  return list
end

local function meld_into(target, source)
  for key, value in pairs(source) do
    if type(value) == "table" and value.meld_control then
      target[key] = apply(value, target[key])
    elseif type(value) == "table" and type(target[key]) == "table" then
      meld_into(target[key], value)
    elseif type(value) == "table" then
      target[key] = meld_into({}, value)
    else
      target[key] = value
    end
  end
  return target
end

local function control(kind)
  return function(value) return { meld_control = true, kind = kind, value = value } end
end

meld = setmetatable({
  delete = control(DELETE), overwrite = control(OVERWRITE), append = control(APPEND), prepend = control(PREPEND), invoke = control(INVOKE),
  meld = meld_into,
}, { __call = function(_, target, source) return meld_into(target, source) end })

return meld
