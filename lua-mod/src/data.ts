// The mod's data stage.
import type { PrototypeData } from "factorio:common";
import { chestItems, chestRecipes, exportChest, importChest } from "./prototypes/chests";
import { clusterTechnology } from "./prototypes/technology";

declare const data: PrototypeData;

data.extend([exportChest(), importChest()]);
data.extend(chestItems());
data.extend(chestRecipes());
data.extend([clusterTechnology()]);
