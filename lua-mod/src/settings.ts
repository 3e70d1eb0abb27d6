// How much the mod may do per tick. Runtime settings: an administrator tunes a running server.

import type { SettingsData } from "factorio:common";
import type { IntSettingDefinition } from "factorio:settings";

declare const data: SettingsData;

function perTick(name: string, order: string, default_value: number, maximum_value: number): IntSettingDefinition {
  return {
    type: "int-setting",
    name,
    setting_type: "runtime-global",
    order,
    default_value,
    minimum_value: 1,
    maximum_value,
  };
}

data.extend([
  perTick("clusterio-export-chests-per-tick", "a", 8, 256),
  perTick("clusterio-import-chests-per-tick", "b", 8, 256),
  perTick("clusterio-flush-ticks", "c", 5, 600),
]);
