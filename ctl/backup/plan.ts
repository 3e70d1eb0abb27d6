import type { Part } from "#ctl/backup/manifest";

/** Where the files of one backup are. */
export interface Where {
  /** Absolute, of a file by its name in the manifest. */
  readonly path: (file: string) => string;
}

/** What a restore would do with one part of a backup. */
export interface Plan {
  readonly part: Part;
  /** In words. */
  readonly says: string;
  /** Absent where the cluster has it already, or something newer. */
  readonly write?: () => Promise<void>;
}

export type Decided =
  /** What the streams lack is put back first, while no projector leads. */
  | { readonly kind: "streams"; readonly plans: readonly Plan[] }
  /** Saves are to be loaded; `later`: what waits for a moment in which no projector leads. */
  | { readonly kind: "saves"; readonly later: readonly Plan[] };

/**
 * A cluster without its ledger is put back as a whole first. One that is led goes on: what else it lacks must not keep somebody from
 * the save that he came for.
 */
export const decideParts = async (plans: readonly Plan[], isLed: () => Promise<boolean>): Promise<Decided> => {
  const lacking = plans.filter(({ write }) => write !== undefined);
  if (lacking.length === 0) return { kind: "saves", later: [] };
  if (lacking.some(({ part }) => part === "ledger")) return { kind: "streams", plans };
  return (await isLed()) ? { kind: "saves", later: lacking } : { kind: "streams", plans };
};
