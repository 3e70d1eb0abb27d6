import type { StockSummary, WorldView } from "#core/events/query";
import type { Column } from "#core/terminal/table";
import { grouped } from "#ctl/audit/output";

/** What worlds owe the cluster, and what the cluster is short of: a debt that is nobody's. */
export interface DebtView {
  /** Null: the cluster's own shortfall. */
  readonly world: string | null;
  readonly instance: string | null;
  readonly resource: string;
  readonly units: number;
  /** Its session is open: its next exports repay it. */
  readonly open: boolean;
}

export const debtsOf = (worlds: readonly WorldView[], stocks: readonly StockSummary[]): DebtView[] => [
  ...worlds.flatMap(({ world, instance, open, debt }) =>
    Object.entries(debt)
      .filter(([, units]) => units > 0)
      .map(([resource, units]) => ({ world, instance, resource, units, open })),
  ),
  ...stocks
    .filter(({ shortfall }) => shortfall > 0)
    .map(({ resource, shortfall }) => ({ world: null, instance: null, resource, units: shortfall, open: false })),
];

const waysOut = ({ world, resource, units, open }: DebtView): string => {
  if (world === null) return `the next exports of anybody; or storage adjust ${resource} --add ${units}`;
  return open ? "its next exports" : `its next exports, when it is back; or debt write-off ${world} ${resource}`;
};

export const DEBT_COLUMNS: readonly Column<DebtView>[] = [
  { head: "WHO", of: ({ world }) => world ?? "the cluster" },
  { head: "RESOURCE", of: ({ resource }) => resource },
  { head: "OWES", align: "right", of: ({ units }) => grouped(units), tone: () => "warn" },
  { head: "REPAID BY", of: waysOut },
];
