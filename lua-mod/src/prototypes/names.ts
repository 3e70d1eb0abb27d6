// What the stages share.
export const export_chest = "clusterio-export-chest";
export const import_chest = "clusterio-import-chest";
export const technology = "clusterio";
