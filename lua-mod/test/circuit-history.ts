// Random histories of circuits: what players build, wire and set, what the bridge tells; and what must hold of them.
import * as fc from "fast-check";
import type { CircuitHands, Kind, Signals } from "./circuit-hands";

const KEYS = ["item:coal", "item:coal:rare", "virtual:signal-A", "fluid:steam", "item:stone"];
const CHANNELS = ["", "main", "other"];
const PLACES = 6;

export type Step =
  | { do: "build"; x: number; kind: Kind; channel: string; only: string[] }
  | { do: "wire"; x: number; signals: Signals }
  | { do: "mine" | "upgrade" | "reload" | "begin" | "restrict" | "free"; x: number }
  | { do: "clone" | "paste"; x: number; to: number }
  | { do: "tune"; x: number; channel: string }
  | { do: "tell"; feed: number; signals: Signals; began: boolean }
  | { do: "lease"; ticks: number }
  | { do: "tick"; ticks: number };

const x = fc.nat(PLACES - 1);
const channel = fc.constantFrom(...CHANNELS);
const int32 = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
const signals = fc.dictionary(fc.constantFrom(...KEYS), int32, { maxKeys: 4 });
const only = fc.uniqueArray(fc.constantFrom(...KEYS), { maxLength: 3 });

export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("build" as const),
      x,
      kind: fc.constantFrom<Kind>("transmitter", "transmitter", "receiver", "receiver", "inventory-combinator"),
      channel,
      only,
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("wire" as const), x, signals }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom(
        "mine" as const,
        "mine" as const,
        "upgrade" as const,
        "begin" as const,
        "restrict" as const,
        "free" as const,
      ),
      x,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("clone" as const, "paste" as const), x, to: x }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("tune" as const), x, channel }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("tell" as const), feed: fc.nat(2), signals, began: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("lease" as const), ticks: fc.constantFrom(0, 20, 10_000) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("tick" as const), ticks: fc.integer({ min: 1, max: 25 }) }) },
);

const stands = (hands: CircuitHands, at: number): boolean =>
  String(hands.lua(`return { circuit(${at}) ~= nil }`)) === "true";

const place = (hands: CircuitHands, { x, kind, channel, only }: Step & { do: "build" }): void =>
  hands.build(
    x,
    kind,
    kind === "inventory-combinator" ? { "clusterio-filters": only } : { "clusterio-channel": channel },
  );

/** Does one step if it can be done. `told` remembers what each feed's bridge was told, so that peers are told the same. */
export const perform = (hands: CircuitHands, each: Step): void => {
  const { world } = hands;
  if ("x" in each && each.do !== "build" && each.do !== "begin" && each.do !== "restrict" && each.do !== "free") {
    if (!stands(hands, each.x)) return;
  }
  switch (each.do) {
    case "build":
      return stands(hands, each.x) ? undefined : place(hands, each);
    case "wire":
      return hands.wire(each.x, each.signals);
    case "mine":
      return void hands.lua(`test.robot_mine(circuit(${each.x}))`);
    case "upgrade":
      return void hands.lua(`test.upgrade(circuit(${each.x}), "rare")`);
    case "clone":
      if (!stands(hands, each.to)) hands.lua(`circuit(${each.x}).clone{ position = { ${each.to}, 20 } }`);
      return;
    case "paste":
      if (stands(hands, each.to)) hands.lua(`test.paste(circuit(${each.x}), circuit(${each.to}))`);
      return;
    case "tune":
      return void hands.setChannel(each.x, each.channel);
    case "restrict":
      return world.setting("clusterio-surfaces", "vulcanus");
    case "free":
      return world.setting("clusterio-surfaces", "");
    case "begin":
      return void world.begin();
    case "reload":
      return world.reload();
    case "lease":
      return world.lease(each.ticks);
    case "tick":
      return world.tick(each.ticks);
    case "tell":
      return hands.tellRaw(each.feed, each.signals, each.began);
  }
};

/** MC1 to MC4, against what the entities themselves say. */
export const brokenCircuits = (hands: CircuitHands): string[] =>
  Object.values(
    hands.lua(`
      local circuits, broken = test.storage("clusterio").circuits, {}
      local function check(ok, what) if not ok then broken[#broken + 1] = what end end
      local function wrap(n) n = n % 4294967296 return n >= 2147483648 and n - 4294967296 or n end
      local sums, transmitters, stale = {}, {}, {}
      for i, port in ipairs(circuits.transmitters.all) do
        check(port.at == i - 1, "a transmitter stands where it says")
        sums[port.channel] = sums[port.channel] or {}
        transmitters[port.channel] = (transmitters[port.channel] or 0) + 1
        for n, s in ipairs(port.signals) do
          sums[port.channel][s] = wrap((sums[port.channel][s] or 0) + port.counts[n])
        end
      end
      check(sums[""] == nil or next(sums[""]) == nil, "MC1: what is on no channel puts nothing anywhere")
      for _, feed in ipairs(circuits.stale) do
        check(not stale[feed] and feed.isStale, "MC4: a feed is stale once")
        stale[feed] = true
      end
      for number, feed in pairs(circuits.feeds) do
        local own, seen = sums[feed.channel] or {}, {}
        if number == 0 then own = {} end
        for s = 0, #circuits.keys - 1 do
          check((feed.own[s] or 0) == (own[s] or 0), "MC1: " .. feed.channel .. " is the sum of its transmitters")
          local value = wrap((feed.own[s] or 0) + (feed.told[s] or feed.before[s] or 0))
          local slot = feed.slotOf[s]
          check(value == (slot and feed.values[slot + 1] or 0), "MC2: " .. feed.channel .. " shows own and told")
          if slot then check(feed.signals[slot + 1] == s, "MC2: a signal stands in its slot") end
        end
        if number > 0 then check(feed.transmitters == (transmitters[feed.channel] or 0), "a channel counts its transmitters") end
        check(feed.isStale == (stale[feed] or false), "MC4: what says that it is stale is listed")
        for _, shower in ipairs(feed.showers) do
          check(rawequal(shower.feed, feed), "a shower knows its feed")
          check(feed.isStale or (shower.rewrite == -1 and shower.seen == feed.version), "MC4: all are up to date, or the feed is stale")
        end
      end
      local units = {}
      for place, unit in pairs(circuits.places) do
        local port = test.storage("clusterio").ports[unit]
        check(port ~= nil and port.stands == place, "a place has its port")
      end
      return broken
    `) as Record<string, string>,
  );

/** What combinators show that is not what their feed has; once everything is up to date, nothing. */
export const wrongShown = (hands: CircuitHands): string[] =>
  Object.values(
    hands.lua(`
      local wrong, circuits = {}, test.storage("clusterio").circuits
      local surfaces = settings.global["clusterio-surfaces"].value
      for _, feed in pairs(circuits.feeds) do
        for _, shower in ipairs(feed.showers) do
          local expected = {}
          for i, s in ipairs(feed.signals) do
            local is_shown = #shower.only == 0 or shower.place[s] ~= nil
            if surfaces == "" and is_shown and feed.values[i] ~= 0 then expected[circuits.keys[s + 1]] = feed.values[i] end
          end
          local found = shower.entity.valid and shown(shower.entity) or expected
          for key, value in pairs(expected) do if found[key] ~= value then wrong[#wrong + 1] = key .. " is not shown" end end
          for key in pairs(found) do if expected[key] == nil then wrong[#wrong + 1] = key .. " is shown" end end
        end
      end
      return wrong
    `) as Record<string, string>,
  );
