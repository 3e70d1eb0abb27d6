import type { BridgeWatch } from "#sim/cluster/bridge-watch";
import { GameWatch } from "#sim/cluster/game-watch";
import { ToldMaps } from "#sim/cluster/maps";
import type { Weather } from "#sim/cluster/weather";

test("C27: what orders an adoption in an earlier session's name is refused by the game, and nobody's mistake", () => {
  const weather = {} as Weather;
  const watch = new GameWatch({ weather, broke: () => {}, handed: () => {} }, "a");
  const adopted: [string, number][] = [];
  const bridge = {
    adopts: (world: string, tick: number) => void adopted.push([world, tick]),
  } as unknown as BridgeWatch;
  const begins = (token: string, tick: number) =>
    watch.after(`/clusterio-begin ${JSON.stringify({ token })}`, JSON.stringify({ world: "", tick }), new ToldMaps());
  const orders = (token: string) => watch.before(`/clusterio-adopt ${JSON.stringify({ token, world: "a.1" })}`, bridge);
  begins("first", 79);
  begins("second", 764);
  orders("first");
  expect(adopted).toEqual([]);
  orders("second");
  expect(adopted).toEqual([["a.1", 764]]);
});

test("C4: what a game says of its world counts as known where the bridge hears it; what it adopts, at once", () => {
  const watch = new GameWatch({ weather: {} as Weather, broke: () => {}, handed: () => {} }, "a");
  const folder = new ToldMaps();
  const reply = (world: string) => JSON.stringify({ world, tick: 79, seed: 7 });
  watch.after('/clusterio-begin {"token":"first"}', reply("a.1"), folder);
  expect(folder.of("a.1")).toBeUndefined();
  watch.told('/clusterio-begin {"token":"first"}', reply("a.1"), folder);
  watch.told('/clusterio-begin {"token":"second"}', reply(""), folder);
  watch.after('/clusterio-adopt {"token":"second"}', reply("a.2"), folder);
  expect([folder.of("a.1"), folder.of("a.2"), folder.of("")]).toEqual([7, 7, undefined]);
});
