// What the stages share.
export const export_chest = "clusterio-export-chest";
export const import_chest = "clusterio-import-chest";
export const export_tank = "clusterio-export-tank";
export const import_tank = "clusterio-import-tank";
export const export_accumulator = "clusterio-export-accumulator";
export const import_accumulator = "clusterio-import-accumulator";
export const clock_combinator = "clusterio-clock-combinator";
export const transmitter = "clusterio-transmitter";
export const receiver = "clusterio-receiver";
export const inventory_combinator = "clusterio-inventory-combinator";
/** Energy in the cluster's storage, in megajoules, as a signal. */
export const energy_signal = "signal-cluster-energy";
/** The time in seconds since 1970, as a signal. */
export const time_signal = "signal-unixtime";
export const on_link_changed = "clusterio-on-link-changed";
export const on_delivery = "clusterio-on-delivery";
export const on_message = "clusterio-on-message";
/** Custom events for other mods. */
export const event_names = [on_link_changed, on_delivery, on_message];
export const technology = "clusterio";
export const fluid_technology = "clusterio-fluids";
export const energy_technology = "clusterio-energy";
export const circuit_technology = "clusterio-circuits";
export const signal_technology = "clusterio-signals";

/** Every entity that the runtime tends. */
export const entity_names = [
  export_chest,
  import_chest,
  export_tank,
  import_tank,
  export_accumulator,
  import_accumulator,
  clock_combinator,
  transmitter,
  receiver,
  inventory_combinator,
];
