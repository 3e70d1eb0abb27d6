import { Game } from "#sim/factorio/game";
import { circuitContracts } from "#sim/factorio/test/contracts/circuit";
import type { Contract } from "#sim/factorio/test/contracts/contract";
import { customEventContracts } from "#sim/factorio/test/contracts/custom-events";
import { entityContracts } from "#sim/factorio/test/contracts/entity";
import { entityStatesContracts } from "#sim/factorio/test/contracts/entity-states";
import { familiesContracts } from "#sim/factorio/test/contracts/families";
import { forceContracts } from "#sim/factorio/test/contracts/force";
import { forceMembersContracts } from "#sim/factorio/test/contracts/force-members";
import { gameContracts } from "#sim/factorio/test/contracts/game";
import { gameMembersContracts } from "#sim/factorio/test/contracts/game-members";
import { guiContracts } from "#sim/factorio/test/contracts/gui";
import { guiElementsContracts } from "#sim/factorio/test/contracts/gui-elements";
import { guiStyleContracts } from "#sim/factorio/test/contracts/gui-style";
import { inserterContracts } from "#sim/factorio/test/contracts/inserters";
import { inventoryContracts } from "#sim/factorio/test/contracts/inventory";
import { itemPrototypesContracts } from "#sim/factorio/test/contracts/item-prototypes";
import { itemStackContracts } from "#sim/factorio/test/contracts/item-stack";
import { logisticContracts } from "#sim/factorio/test/contracts/logistic";
import { helpersContracts } from "#sim/factorio/test/contracts/lua-helpers";
import { otherPrototypesContracts } from "#sim/factorio/test/contracts/other-prototypes";
import { platformsContracts } from "#sim/factorio/test/contracts/platforms";
import { playerContracts } from "#sim/factorio/test/contracts/player";
import { PRELUDE, probeMod } from "#sim/factorio/test/contracts/prelude";
import { prototypeFamiliesContracts } from "#sim/factorio/test/contracts/prototype-families";
import { prototypeFieldsContracts } from "#sim/factorio/test/contracts/prototype-fields";
import { prototypeFiltersContracts } from "#sim/factorio/test/contracts/prototype-filters";
import { renderingContracts } from "#sim/factorio/test/contracts/rendering";
import { scriptContracts } from "#sim/factorio/test/contracts/script";
import { surfaceMembersContracts } from "#sim/factorio/test/contracts/surface-members";
import { type Declarations, runtimeDeclarations } from "#sim/factorio/test/declarations";
import { modFolder } from "#sim/factorio/test/mod-folder";
import { type Offered, offeredMembers } from "#sim/factorio/test/offered";

const contracts: readonly Contract[] = [
  customEventContracts,
  entityContracts,
  inserterContracts,
  inventoryContracts,
  itemStackContracts,
  logisticContracts,
  circuitContracts,
  itemPrototypesContracts,
  otherPrototypesContracts,
  gameContracts,
  forceContracts,
  scriptContracts,
  guiContracts,
  playerContracts,
  platformsContracts,
  gameMembersContracts,
  helpersContracts,
  entityStatesContracts,
  forceMembersContracts,
  surfaceMembersContracts,
  guiElementsContracts,
  guiStyleContracts,
  renderingContracts,
  familiesContracts,
  prototypeFieldsContracts,
  prototypeFiltersContracts,
  prototypeFamiliesContracts,
].flat();

const SEED = 7;
let game: Game;
let declarations: Declarations;

/** A map that was made with an older version of the probe, saved, and loaded with a newer one. */
beforeAll(() => {
  const [before, after] = ["1.0.0", "1.1.0"].map((version) => modFolder({ probe: probeMod(version) }));
  if (!before || !after) throw new Error("no folders");
  const old = Game.create({ modDirectory: before.path, seed: SEED });
  game = Game.load(old.save(), { modDirectory: after.path });
  old.close();
  before.remove();
  after.remove();
  declarations = runtimeDeclarations();
});
afterAll(() => game.close());

/** The returned values; a trailing nil is left out. */
const run = (lua: string): unknown[] => {
  const values = JSON.parse(
    game.eval(`${PRELUDE} return helpers.table_to_json{ (function() ${lua} end)() }`),
  ) as unknown;
  return Array.isArray(values) ? values : [];
};

test.each(contracts.map((contract) => [contract.member, contract] as const))(
  "%s does what its documentation says",
  (_, contract) => {
    expect(run(contract.lua)).toEqual(contract.gives);
  },
);

test.each(contracts.map((contract) => [contract.member, contract.says] as const))(
  "%s is cited word for word",
  (member, says) => {
    const [className = "", name = ""] = member.split(".");
    const doc = declarations.members(className)?.get(name)?.doc ?? "";
    expect(says === "" ? doc : doc.includes(says)).toBe(says === "" ? "" : true);
  },
);

test("every member that is offered has a contract, and every contract a member", () => {
  const offered = offeredMembers(game.offered() as Offered);
  expect(contracts.map((contract) => contract.member).sort()).toEqual(offered);
});
