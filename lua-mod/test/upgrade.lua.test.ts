// A save of an earlier version goes on with this one.
import { Partner } from "./partners";
import { World } from "./world";

/** Puts the state into the shape that 0.1.0 gave it: chests only. */
const asOf010 = `
  local state = test.storage("clusterio")
  state.chests, state.ports, state.crumbs, state.supply, state.overviews, state.heardAt = state.ports, nil, nil, nil, nil, nil
  state.orders, state.news, state.inbox, state.linkTold, state.talk, state.renamed = nil, nil, nil, nil, nil, nil
  state.session.sent, state.session.heard, state.session.unheardBytes = nil, nil, nil
  state.circuits, state.watches = nil, nil
  state.capped, state.cappedCount, state.session.cappedAt = nil, nil, nil
  state.lookers, state.figures, state.session.begunAt, state.session.lookedAt = nil, nil, nil, nil
  for _, chest in pairs(state.chests) do
    chest.holds = nil
    for _, want in ipairs(chest.wants or {}) do want.chest, want.port, want.temperature, want.since = chest, nil, nil, nil end
  end
`;

test("the chests, wants and buffer of 0.1.0 go on, and nothing is lost", () => {
  const world = World.create();
  world.open({ lease: 100000 });
  world.place("export", 0);
  world.place("import", 1);
  world.request(1, 1, "iron-plate", 50);
  world.request(1, 2, "coal", 5);
  world.tick(5);
  world.importNamed({ "item:iron-plate": 20, "item:stone": 4 });
  world.lua(asOf010);
  world.reload({ upgraded: true });
  expect(world.wantedNow()).toEqual({ "item:iron-plate": 30, "item:coal": 5 });
  expect(world.buffer()).toEqual({ "item:stone": 4 });
  world.put(0, "coal", 3);
  world.tick(5);
  world.importNamed({ "item:iron-plate": 50 });
  world.place("import", 2, "tank");
  world.requestFluid(2, { name: "water", amount: 10 });
  world.tick(5);
  expect(world.holds(1)).toEqual({ "item:iron-plate": 50 });
  expect(world.totals().exported).toEqual({ "item:coal": 3 });
  expect(world.wantedNow()).toEqual({ "item:coal": 5, "fluid:water:15": 10 });
  const partner = new Partner(world);
  expect(partner.import({ name: "stone", count: 4 })).toEqual({ order: 1 });
  expect(partner.send({ channel: "c", data: "x" })).toEqual({ sent: true });
  expect(
    world.send("cm", `${world.tag} {"n":1,"slave":"s","from":"b","channel":"c","data":"x"}`).error,
  ).toBeUndefined();
  world.tick(1);
  expect(partner.orders()).toMatchObject([{ held: 4 }]);
  expect(world.send("cc", `${world.tag} 1 . energy`).error).toBeUndefined();
  expect(world.send("cf", `${world.tag} 1 AAAAAA`).error).toBeUndefined();
  expect(world.brokenInvariants()).toEqual([]);
  expect(world.begin().token).toBe(world.token);
  world.close();
});

test("without being told of a change, the state keeps its shape", () => {
  const world = World.create();
  world.open();
  world.place("import", 0);
  world.tick(3);
  const before = world.state();
  world.reload();
  expect(world.state()).toBe(before);
  world.close();
});
