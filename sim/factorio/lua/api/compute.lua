-- Arithmetic and decider combinators: their parameters, and what they make of what flows in.
-- Their quality signals' finer points (each by quality, selectors) are not played; an unknown parameter is refused.
local use = ...
local object = use "api/object"
local defines = use "api/defines"
local circuit = use "api/circuit"
local copy = use "lib/copy"

local compute = {}
local refuse, wrap32 = object.refuse, circuit.wrap32

local EACH, ANYTHING, EVERYTHING =
  "virtual/signal-each/normal", "virtual/signal-anything/normal", "virtual/signal-everything/normal"

local function truncated(n) return n >= 0 and math.floor(n) or math.ceil(n) end

-- Exact at 32 bits, where a double's product would not be.
local function product(a, b)
  a, b = a % 4294967296, b % 4294967296
  local low, high = b % 65536, math.floor(b / 65536)
  return wrap32((a * low) % 4294967296 + ((a * high) % 65536) * 65536)
end

local function power(a, b)
  if b < 0 then return (a == 1 and 1) or (a == -1 and (b % 2 == 0 and 1 or -1)) or 0 end
  local result = 1
  while b > 0 do
    if b % 2 == 1 then result = product(result, a) end
    a, b = product(a, a), math.floor(b / 2)
  end
  return result
end

local operations = {
  ["*"] = product,
  ["/"] = function(a, b) return b == 0 and 0 or wrap32(truncated(a / b)) end,
  ["+"] = function(a, b) return wrap32(a + b) end,
  ["-"] = function(a, b) return wrap32(a - b) end,
  ["%"] = function(a, b) return b == 0 and 0 or a - truncated(a / b) * b end,
  ["^"] = power,
  ["<<"] = function(a, b) return wrap32(bit32.lshift(a % 4294967296, b % 32)) end,
  [">>"] = function(a, b) return wrap32(bit32.arshift(a % 4294967296, b % 32)) end,
  AND = function(a, b) return wrap32(bit32.band(a % 4294967296, b % 4294967296)) end,
  OR = function(a, b) return wrap32(bit32.bor(a % 4294967296, b % 4294967296)) end,
  XOR = function(a, b) return wrap32(bit32.bxor(a % 4294967296, b % 4294967296)) end,
}

local comparisons = {
  ["<"] = function(a, b) return a < b end, [">"] = function(a, b) return a > b end,
  ["="] = function(a, b) return a == b end, ["≠"] = function(a, b) return a ~= b end,
  ["≤"] = function(a, b) return a <= b end, ["≥"] = function(a, b) return a >= b end,
}
comparisons["!="], comparisons["<="], comparisons[">="] = comparisons["≠"], comparisons["≤"], comparisons["≥"]

local function value(raw, signal, networks, constant)
  local key = circuit.key_of(signal)
  if not key then return constant or 0 end
  return circuit.input(raw, networks)[key] or 0
end

local function arithmetic(raw, parameters)
  local out_key = circuit.key_of(parameters.output_signal)
  if not out_key then return {} end
  local operate = operations[parameters.operation or "*"]
  local first, second = circuit.key_of(parameters.first_signal), circuit.key_of(parameters.second_signal)
  if first ~= EACH and second ~= EACH then
    return { [out_key] = operate(
      value(raw, parameters.first_signal, parameters.first_signal_networks, parameters.first_constant),
      value(raw, parameters.second_signal, parameters.second_signal_networks, parameters.second_constant)
    ) }
  end
  local out = {}
  local networks
  if first == EACH then networks = parameters.first_signal_networks else networks = parameters.second_signal_networks end
  for key, count in next, circuit.input(raw, networks) do
    local a = first == EACH and count or value(raw, parameters.first_signal, parameters.first_signal_networks, parameters.first_constant)
    local b = second == EACH and count or value(raw, parameters.second_signal, parameters.second_signal_networks, parameters.second_constant)
    local to = out_key == EACH and key or out_key
    out[to] = wrap32((out[to] or 0) + (count ~= 0 and operate(a, b) or 0))
  end
  return out
end

-- One condition: for all signals (each = the signal that is looked at).
local function holds(raw, condition, each)
  local compare = comparisons[condition.comparator or "<"]
  local first = circuit.key_of(condition.first_signal)
  local input = circuit.input(raw, condition.first_signal_networks)
  local against = value(raw, condition.second_signal, condition.second_signal_networks, condition.constant)
  if first == EACH then return compare(input[each] or 0, against) end
  if first ~= EVERYTHING and first ~= ANYTHING then return first ~= nil and compare(input[first] or 0, against) end
  local found = first == EVERYTHING
  for _, count in next, input do
    if count ~= 0 and compare(count, against) ~= found then return not found end
  end
  return found
end

-- "and" binds more strongly than "or".
local function all_hold(raw, conditions, each)
  local any, run = false, true
  for i, condition in ipairs(conditions) do
    if i > 1 and (condition.compare_type or "or") == "or" then any, run = any or run, true end
    run = run and holds(raw, condition, each)
  end
  return #conditions > 0 and (any or run)
end

local function emit(raw, out, output, key)
  local count = output.constant or 1
  if output.copy_count_from_input ~= false then count = circuit.input(raw, output.networks)[key] or 0 end
  out[key] = wrap32((out[key] or 0) + count)
end

local function emit_outputs(raw, out, outputs, each)
  for _, output in ipairs(outputs) do
    local key = circuit.key_of(output.signal)
    if key == EACH then
      if each then emit(raw, out, output, each) end
    elseif key == EVERYTHING then
      for present, count in next, circuit.input(raw, output.networks) do
        if count ~= 0 then emit(raw, out, output, present) end
      end
    elseif key then
      emit(raw, out, output, key)
    end
  end
end

local function decider(raw, parameters)
  local out, by_each = {}, false
  for _, condition in ipairs(parameters.conditions) do by_each = by_each or circuit.key_of(condition.first_signal) == EACH end
  if not by_each then
    if all_hold(raw, parameters.conditions) then emit_outputs(raw, out, parameters.outputs) end
    return out
  end
  for key, count in next, circuit.input(raw) do
    if count ~= 0 and all_hold(raw, parameters.conditions, key) then emit_outputs(raw, out, parameters.outputs, key) end
  end
  return out
end

-- What this combinator puts out in the next tick.
function compute.of(raw)
  local parameters = raw.parameters
  if not parameters then return {} end
  return raw.type == "arithmetic-combinator" and arithmetic(raw, parameters) or decider(raw, parameters)
end

-- The fields that each list of parameters may have.
local known = {
  arithmetic = [[first_signal first_signal_networks first_constant operation second_signal second_signal_networks second_constant
    output_signal]],
  decider = "conditions outputs",
  condition = [[first_signal first_signal_networks second_signal second_signal_networks constant comparator compare_type]],
  output = "signal copy_count_from_input constant networks",
}
for name, words in next, known do
  known[name] = {}
  for word in words:gmatch("%S+") do known[name][word] = true end
end

local function check(given, fields, what)
  for key, field in next, given do
    if not known[fields][key] then refuse(what .. ": " .. tostring(key) .. " (stand-in: not offered)", 4) end
    if type(field) == "table" and field.name then circuit.key_of(field, 4) end
  end
end

local function set_arithmetic(raw, parameters)
  if parameters then
    check(parameters, "arithmetic", "ArithmeticCombinatorParameters")
    if not operations[parameters.operation or "*"] then refuse("Unknown operation: " .. tostring(parameters.operation), 2) end
  end
  raw.parameters = copy.deep(parameters)
end

local function set_decider(raw, parameters)
  for _, condition in ipairs(parameters and parameters.conditions or {}) do
    check(condition, "condition", "DeciderCombinatorCondition")
    if not comparisons[condition.comparator or "<"] then refuse("Unknown comparator: " .. tostring(condition.comparator), 2) end
  end
  for _, output in ipairs(parameters and parameters.outputs or {}) do
    check(output, "output", "DeciderCombinatorOutput")
    if circuit.key_of(output.signal) == ANYTHING then refuse("DeciderCombinatorOutput: signal-anything (stand-in: not offered)", 2) end
  end
  if parameters then check(parameters, "decider", "DeciderCombinatorParameters") end
  raw.parameters = parameters and { conditions = copy.deep(parameters.conditions or {}), outputs = copy.deep(parameters.outputs or {}) } or nil
end

local function behavior(name, kind, set, empty)
  return object.class(name, {
    valid = function(raw) return not raw.dead end,
    read = {
      entity = function(raw) return object.wrap(object.classes.LuaEntity, raw) end,
      type = function() return defines.control_behavior.type[kind] end,
      parameters = function(raw) return copy.deep(raw.parameters or empty) end,
      signals_last_tick = function(raw) return circuit.listed(raw.circuit_out or {}) end,
    },
    write = { parameters = set },
    method = {
      get_signal_last_tick = function(raw, signal) return (raw.circuit_out or {})[circuit.key_of(signal, 2)] end,
      get_circuit_network = function(raw, connector_id) return circuit.method.get_circuit_network(raw, connector_id) end,
    },
  })
end

local behaviors = {
  ["arithmetic-combinator"] = behavior("LuaArithmeticCombinatorControlBehavior", "arithmetic_combinator", set_arithmetic, {}),
  ["decider-combinator"] = behavior("LuaDeciderCombinatorControlBehavior", "decider_combinator", set_decider, { conditions = {}, outputs = {} }),
}

-- The control behavior of a computing combinator, nil for anything else.
function compute.behavior(raw)
  local class = behaviors[raw.type]
  return class and object.wrap(class, raw) or nil
end

return compute
