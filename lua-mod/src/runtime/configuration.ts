// Mods came, went or changed, this one too: its state gets the shape that this version expects, prototypes may be gone, and
// the engine may have dropped requests and stacks of them.
import type { ConfigurationChangedData } from "factorio:runtime";
import { forgetPrototypes } from "./circuit-migration";
import { freshCircuits } from "./circuit-state";
import { nameOf, takeable } from "./names";
import { cancelVanished } from "./orders";
import { followRenames } from "./renames";
import { type ExportPort, type ImportPort, initForLooks, initForOthers, type State } from "./state";
import { giveUp } from "./totals";
import { requestsChanged } from "./wants";
import { forgetWatchers } from "./watches";

/** The state as earlier versions left it. */
interface Earlier extends Partial<State> {
  /** 0.1.0: chests only, under that name. */
  chests?: LuaMap<number, ExportPort | ImportPort>;
}

function fromChests(chests: LuaMap<number, ExportPort | ImportPort>): void {
  for (const [, port] of chests) {
    port.holds = "items";
    if (port.kind === "import") for (const want of port.wants) completeWant(want as unknown as EarlierWant, port);
  }
  storage.ports = chests as State["ports"];
}

interface EarlierWant {
  chest?: ImportPort | undefined;
  port: ImportPort;
  temperature: number;
  since: number;
}

function completeWant(want: EarlierWant, port: ImportPort): void {
  want.port = port;
  want.chest = undefined;
  want.temperature = 0;
  want.since = game.tick;
}

function migrate(): void {
  const earlier = storage as Earlier;
  if (earlier.chests !== undefined) {
    fromChests(earlier.chests);
    earlier.chests = undefined;
  }
  if (earlier.crumbs === undefined) storage.crumbs = new LuaMap();
  if (earlier.supply === undefined) storage.supply = new LuaMap();
  if (earlier.capped === undefined) {
    storage.capped = new LuaMap();
    storage.cappedCount = 0;
    storage.session.cappedAt = 0;
  }
  if (earlier.lookers === undefined) {
    initForLooks();
    storage.session.begunAt = game.tick;
    storage.session.lookedAt = "";
  }
  if (earlier.clocks === undefined) storage.clocks = { all: [], cursor: 0, active: [], activeCursor: 0 };
  if (earlier.time === undefined) storage.time = { second: -1, tick: 0 };
  if (earlier.overviews === undefined) storage.overviews = [];
  if (earlier.renamed === undefined) storage.renamed = new LuaMap();
  if (earlier.orders === undefined) initForOthers();
  if (storage.session.sent === undefined) storage.session.sent = 0;
  if (storage.session.heard === undefined) storage.session.heard = 0;
  if (storage.session.unheardBytes === undefined) storage.session.unheardBytes = 0;
  if (earlier.heardAt === undefined) storage.heardAt = game.tick;
  if (earlier.circuits === undefined) storage.circuits = freshCircuits();
}

/** As the game does with what a chest requests: a tank whose fluid is gone is set to nothing, and stays so when it is back. */
function forgetVanishedFluids(): void {
  for (const port of storage.imports.all) {
    if (port.fluid !== undefined && prototypes.fluid[port.fluid.name] === undefined) port.fluid = undefined;
  }
}

export function onConfigurationChanged(change: ConfigurationChangedData): void {
  migrate();
  followRenames(change.migrations);
  cancelVanished();
  forgetVanishedFluids();
  forgetWatchers();
  forgetPrototypes();
  for (const { r } of storage.pool) if (!takeable(nameOf(r))) giveUp(r);
  for (const port of storage.imports.all) requestsChanged(port);
}
