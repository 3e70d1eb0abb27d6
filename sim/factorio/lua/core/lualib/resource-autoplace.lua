-- Where ores lie. Nothing is generated here, so a setting is only kept.
local autoplace = {}
local patch_sets = {}

function autoplace.initialize_patch_set(name, has_starting_area) patch_sets[name] = { has_starting_area = has_starting_area } end

function autoplace.resource_autoplace_settings(params)
  return { control = params.name, order = params.order, probability_expression = "0", richness_expression = "0" }
end

return autoplace
