local function pictures()
  local result = {}
  for _, direction in pairs { "north", "east", "south", "west" } do result[direction] = util.empty_sprite() end
  return result
end

function assembler2pipepictures() return pictures() end
function assembler3pipepictures() return pictures() end
