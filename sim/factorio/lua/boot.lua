-- The first chunk of every Lua state: a module loader for the stand-in's own files, and the one door the host calls through.
-- The host exchanges nothing but strings: SI_CALL(operation, argument) -> "+result" or "-message".
local sources, loaded = {}, {}

local function use(name)
  if loaded[name] == nil then
    local source = sources[name] or error("stand-in: no runtime file " .. name, 2)
    local chunk = assert(load(source, "@stand-in/" .. name .. ".lua", "t"))
    loaded[name] = chunk(use) or true
  end
  return loaded[name]
end

function SI_FILE(text)
  local name, source = text:match("^(.-)\n(.*)$")
  sources[name] = source
end

function SI_CALL(operation, argument)
  local operations = use "operations"
  local run = operations[operation]
  if not run then return "-stand-in: no operation " .. operation end
  local ok, result = xpcall(run, function(problem)
    if type(problem) == "table" and problem.message then return problem.message end
    return tostring(problem)
  end, argument)
  if ok then return "+" .. tostring(result == nil and "" or result) end
  return "-" .. tostring(result)
end
