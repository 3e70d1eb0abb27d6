-- Where a world keeps the energy that it has made: nothing flows in or out by itself.
local util = require("util")

local battery = util.table.deepcopy(data.raw.accumulator.accumulator)
battery.name = "sim-battery"
battery.minable = nil
battery.energy_source = {
  type = "electric", usage_priority = "tertiary",
  buffer_capacity = "10GJ", input_flow_limit = "0W", output_flow_limit = "0W",
}
data:extend { battery }
