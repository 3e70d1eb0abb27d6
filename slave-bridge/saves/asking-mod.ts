/**
 * The mod that asks a game what a map exchange string holds: it reads it as its map is made, writes the answer into
 * script-output, and that is all. Numbers are written with 17 digits, so that none is another one afterwards.
 */
export const ASKING_MOD = "clusterio-asking";
/** Below `script-output`. */
export const ANSWER_FILE = `${ASKING_MOD}/answer.json`;

const CONTROL = `local question = require("question")

local function quoted(text)
  return '"' .. text:gsub('[%c"\\\\]', function(c) return string.format("\\\\u%04x", c:byte()) end) .. '"'
end

-- 1e999 and null are numbers that no settings file can hold: the bridge says so.
local function number(n)
  if n ~= n then return "null" end
  if n == math.huge then return "1e999" end
  if n == -math.huge then return "-1e999" end
  return string.format("%.17g", n)
end

local function json(value)
  if type(value) == "string" then return quoted(value) end
  if type(value) == "number" then return number(value) end
  if type(value) ~= "table" then return tostring(value) end
  local parts = {}
  if #value > 0 then
    for i = 1, #value do parts[i] = json(value[i]) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  for key, item in pairs(value) do parts[#parts + 1] = quoted(tostring(key)) .. ":" .. json(item) end
  return "{" .. table.concat(parts, ",") .. "}"
end

script.on_init(function()
  local ok, said = pcall(helpers.parse_map_exchange_string, question)
  local answer = ok and type(said) == "table"
    and { map_gen_settings = said.map_gen_settings, map_settings = said.map_settings }
    or { problem = tostring(said) }
  helpers.write_file("${ANSWER_FILE}", json(answer))
end)
`;

/** Its files by name, for a game of this line. `text` was proved to be base64 between >>> and <<<. */
export const askingMod = (line: string, text: string): ReadonlyMap<string, string> =>
  new Map([
    [
      "info.json",
      JSON.stringify({
        name: ASKING_MOD,
        version: "1.0.0",
        title: "Clusterio asks",
        author: "Clusterio",
        factorio_version: line,
        dependencies: ["base"],
      }),
    ],
    ["control.lua", CONTROL],
    ["question.lua", `return "${text}"\n`],
  ]);
