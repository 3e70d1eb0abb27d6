// How much the mod may do per tick, and where. Runtime settings: an administrator tunes a running server.

import type { SettingsData } from "factorio:common";
import type { IntSettingDefinition, StringSettingDefinition } from "factorio:settings";

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

const surfaces: StringSettingDefinition = {
  type: "string-setting",
  name: "clusterio-surfaces",
  setting_type: "runtime-global",
  order: "d",
  default_value: "",
  allow_blank: true,
};

const entities_max: IntSettingDefinition = {
  type: "int-setting",
  name: "clusterio-entities-max",
  setting_type: "runtime-global",
  order: "e",
  default_value: 0,
  minimum_value: 0,
  maximum_value: 100000,
};

data.extend([
  perTick("clusterio-export-chests-per-tick", "a", 8, 256),
  perTick("clusterio-import-chests-per-tick", "b", 8, 256),
  perTick("clusterio-flush-ticks", "c", 5, 600),
  perTick("clusterio-transmitters-per-tick", "ca", 4, 256),
  perTick("clusterio-signals-per-tick", "cb", 64, 5000),
  surfaces,
  entities_max,
]);
