-- The miniature base game as Factorio 2.0 has it, where that differs.
for _, chest in pairs(data.raw["logistic-container"]) do
  chest.animation, chest.robot_door = chest.robot_door and chest.robot_door.animation, nil
end

-- Science packs became plain items in 2.1.
for _, name in pairs { "automation-science-pack", "logistic-science-pack" } do
  local pack = data.raw.item[name]
  data.raw.item[name] = nil
  pack.type, pack.durability = "tool", 1
  data:extend { pack }
end
