-- Mod files and `require` inside mods: "file", "dir.file", "dir/file.lua", "__mod__/dir/file", and core's lualib.
local modules = { files = {} } -- "mod/dir/file.lua" -> source

local function candidates(name, mod, from)
  local other, rest = name:match("^__([^/]-)__[/.](.*)$")
  local path = (rest or name):gsub("%.lua$", "")
  if not path:find("/", 1, true) then path = path:gsub("%.", "/") end
  path = path:gsub("^%./", "") .. ".lua"
  if other then return { other .. "/" .. path } end
  return { mod .. "/" .. path, from .. "/" .. path, "core/lualib/" .. path }
end

local LOADING = {}

-- One `require` with its own cache. `may()` tells whether it may be called now.
function modules.requirer(mod, env, may)
  local loaded, folders = {}, {}
  local function require_(name)
    if not may() then error("Require can't be used outside of control.lua parsing.", 2) end
    for _, path in ipairs(candidates(name, mod, folders[#folders] or mod)) do
      if loaded[path] == LOADING then error("loop or previous error loading module '" .. name .. "'", 2) end
      if loaded[path] ~= nil then return loaded[path] end
      if modules.files[path] then
        local chunk, problem = load(modules.files[path], "@__" .. path:gsub("^([^/]+)/", "%1__/"), "t", env)
        if not chunk then error(problem, 0) end
        local depth = #folders
        folders[depth + 1] = path:match("^(.*)/[^/]*$")
        loaded[path] = LOADING
        local ok, result = pcall(chunk, name)
        for i = #folders, depth + 1, -1 do folders[i] = nil end
        loaded[path] = ok and (result == nil and true or result) or nil
        if not ok then error(result, 0) end
        return result == nil and true or result
      end
    end
    error("module " .. name .. " not found; no such file in the mod " .. mod, 2)
  end
  return require_
end

function modules.has(mod, file) return modules.files[mod .. "/" .. file] ~= nil end

return modules
