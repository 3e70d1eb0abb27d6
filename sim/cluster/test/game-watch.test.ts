import type { BridgeWatch } from "#sim/cluster/bridge-watch";
import { GameWatch } from "#sim/cluster/game-watch";
import type { Weather } from "#sim/cluster/weather";

test("C27: what orders an adoption in an earlier session's name is refused by the game, and nobody's mistake", () => {
  const weather = {} as Weather;
  const watch = new GameWatch({ weather, broke: () => {}, handed: () => {} }, "a");
  const adopted: [string, number][] = [];
  const bridge = {
    adopts: (world: string, tick: number) => void adopted.push([world, tick]),
  } as unknown as BridgeWatch;
  const begins = (token: string, tick: number) =>
    watch.after(`/clusterio-begin ${JSON.stringify({ token })}`, JSON.stringify({ world: "", tick }));
  const orders = (token: string) => watch.before(`/clusterio-adopt ${JSON.stringify({ token, world: "a.1" })}`, bridge);
  begins("first", 79);
  begins("second", 764);
  orders("first");
  expect(adopted).toEqual([]);
  orders("second");
  expect(adopted).toEqual([["a.1", 764]]);
});
