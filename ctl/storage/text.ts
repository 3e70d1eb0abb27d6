import type { CapRule, Policies } from "#core/events/command";
import type { ClaimView, StockSummary, StockView } from "#core/events/query";
import { type Cap, CapRules } from "#core/storage-cap";
import { type Column, tableLines } from "#core/terminal/table";
import { grouped } from "#ctl/audit/output";
import type { ClaimFlow, FlowingStock, StockFlow } from "#ctl/storage/flow";

/** Storage for a person: one line a resource, and one resource as a page. */

const levelText = ({ storage, shortfall }: StockSummary): string =>
  shortfall > 0 ? `short of ${grouped(shortfall)}` : grouped(storage);

const stateText = ({ capped, waiting = 0 }: StockSummary): string =>
  [
    ...(capped === true ? ["full: exports stop"] : []),
    ...(waiting > 0 ? [`${waiting} ${waiting === 1 ? "world waits" : "worlds wait"}`] : []),
  ].join(", ");

const flow = <T>(head: string, of: (row: T) => number): Column<T> => ({
  ...{ head, align: "right" },
  of: (row) => grouped(of(row)),
});

/** A column only where its figures were asked for. */
const where = <T>(asked: boolean, column: Column<T>): Column<T>[] => (asked ? [column] : []);

export const stockLines = (stocks: readonly StockFlow[]): string[] =>
  tableLines(stocks, [
    { head: "RESOURCE", of: ({ resource }) => resource, least: 16 },
    { head: "LEVEL", align: "right", of: levelText, tone: ({ shortfall }) => (shortfall > 0 ? "bad" : undefined) },
    ...where(
      stocks[0]?.inPerMinute !== undefined,
      flow("IN/MIN", ({ inPerMinute = 0 }: StockFlow) => inPerMinute),
    ),
    ...where(
      stocks[0]?.inPerMinute !== undefined,
      flow("OUT/MIN", ({ outPerMinute = 0 }: StockFlow) => outPerMinute),
    ),
    { head: "WANTED", align: "right", of: ({ demand = 0 }) => grouped(demand) },
    { head: "CAP", align: "right", of: ({ cap }) => (cap === undefined ? "-" : grouped(cap.cap)) },
    { head: "STATE", of: stateText, tone: () => "warn" },
  ]);

const capText = ({ pattern, cap, resume }: Cap): string =>
  `${grouped(cap)} (rule ${pattern}); stopped exports go on at ${grouped(resume)}`;

const percent = (share: number): string => `${Math.round(share * 1_000) / 10} %`;

/** Why it waits, and what is not as it should be. */
const claimText = (claim: ClaimView, rule: StockView["rule"]): string => {
  const { demand, tier, share, carry, debt, held } = claim;
  const why = [
    ...(demand > 0 ? [`waits: share ${percent(share)} of what comes`] : []),
    ...(demand > 0 && carry !== 0 ? [`carry ${carry > 0 ? "+" : ""}${Math.round(carry * 100) / 100}`] : []),
    ...(rule === "priority" ? [`tier ${tier}`] : []),
    ...(debt > 0 ? [`owes ${grouped(debt)}`] : []),
    ...(held > 0 ? [`${grouped(held)} held back`] : []),
    ...(claim.open ? [] : ["closed"]),
  ];
  return why.join(", ");
};

export const stockPage = (stock: FlowingStock): string[] => {
  const { resource, storage, shortfall, adjusted, reserve, cap, capped, rule, worlds } = stock;
  const flows = worlds[0]?.givesPerMinute !== undefined;
  return [
    `${resource}: ${grouped(storage)} in storage${shortfall > 0 ? `, short of ${grouped(shortfall)}` : ""}`,
    ...(reserve > 0 ? [`reserve: ${grouped(reserve)} are never granted`] : []),
    `cap: ${cap === undefined ? "none" : capText(cap)}`,
    ...(capped === true ? ["full: worlds are told to stop exporting it"] : []),
    ...(adjusted === 0 ? [] : [`operators adjusted it by ${grouped(adjusted)}`]),
    `shared by ${rule}`,
    "",
    ...(worlds.length === 0
      ? ["no world ever gave or wanted any"]
      : tableLines(worlds, [
          { head: "WORLD", of: ({ world }) => world },
          { head: "GAVE", align: "right", of: ({ exported }) => grouped(exported) },
          ...where(
            flows,
            flow("GIVES/MIN", ({ givesPerMinute = 0 }: ClaimFlow) => givesPerMinute),
          ),
          { head: "GOT", align: "right", of: ({ received }) => grouped(received) },
          ...where(
            flows,
            flow("GETS/MIN", ({ getsPerMinute = 0 }: ClaimFlow) => getsPerMinute),
          ),
          { head: "IN FLIGHT", align: "right", of: ({ allocated, received }) => grouped(allocated - received) },
          { head: "WANTS", align: "right", of: ({ demand }) => grouped(demand) },
          { head: "WEIGHT", align: "right", of: ({ weight }) => grouped(weight) },
          { head: "WHY", of: (claim) => claimText(claim, rule) },
        ])),
  ];
};

export interface RuleView extends CapRule {
  readonly resources: string;
  /** Resources of storage that this rule decides about, and how many of them are full. */
  readonly holds: number;
  readonly capped: number;
}

/** Each rule with what it decides about. */
export const ruleViews = ({
  policies,
  stocks,
}: {
  policies: Policies;
  stocks: readonly StockSummary[];
}): RuleView[] => {
  const rules = new CapRules(policies);
  return Object.entries(policies.caps ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([resources, rule]) => {
      const own = stocks.filter(({ resource }) => rules.capFor(resource)?.pattern === resources);
      return { resources, ...rule, holds: own.length, capped: own.filter((stock) => stock.capped).length };
    });
};

export const ruleLines = (rules: readonly RuleView[]): string[] => {
  if (rules.length === 0) return ["no caps: worlds export whatever they have"];
  return tableLines(rules, [
    { head: "RESOURCES", of: ({ resources }) => resources },
    { head: "CAP", align: "right", of: ({ cap }) => (cap === undefined ? "none" : grouped(cap)) },
    { head: "RESUME", align: "right", of: ({ resume }) => (resume === undefined ? "-" : grouped(resume)) },
    { head: "DECIDES", align: "right", of: ({ holds }) => grouped(holds) },
    { head: "FULL", align: "right", of: ({ capped }) => grouped(capped) },
  ]);
};
