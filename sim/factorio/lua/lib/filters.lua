-- Lists of filters, as events and prototypes take them: alternatives, unless one has mode = "and", which binds tighter.
local filters = {}

-- `matches` has a function(filter, subject) for each filter; one that is not there is refused by `unknown(name)`.
function filters.pass(list, subject, matches, unknown)
  if not list or #list == 0 then return true end
  local group, any = true, false
  for i, filter in ipairs(list) do
    local match = matches[filter.filter] or unknown(tostring(filter.filter))
    local hit = match(filter, subject)
    if filter.invert then hit = not hit end
    if i == 1 or filter.mode == "and" then
      group = group and hit
    else
      any, group = any or group, hit
    end
  end
  return any or group
end

return filters
