// The mod's data stage.
import type { PrototypeData } from "factorio:common";
import { chestItems, chestRecipes, exportChest, importChest } from "./prototypes/chests";
import { combinatorItems, combinatorRecipes, combinators, ourSignals } from "./prototypes/combinators";
import { customEvents } from "./prototypes/events";
import { accumulators, portItems, portRecipes, tanks } from "./prototypes/ports";
import { clusterTechnologies } from "./prototypes/technology";

declare const data: PrototypeData;

data.extend([exportChest(), importChest()]);
data.extend(tanks());
data.extend(accumulators());
data.extend(combinators());
data.extend(ourSignals());
data.extend(customEvents());
data.extend(chestItems());
data.extend(portItems());
data.extend(combinatorItems());
data.extend(chestRecipes());
data.extend(portRecipes());
data.extend(combinatorRecipes());
data.extend(clusterTechnologies());
