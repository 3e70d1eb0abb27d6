function pipecoverspictures()
  local pictures = {}
  for _, direction in pairs { "north", "east", "south", "west" } do pictures[direction] = util.empty_sprite() end
  return pictures
end
