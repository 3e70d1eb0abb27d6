import type { z } from "zod";
import type { Printed } from "#core/terminal/printed";
import { ACCESS } from "#ctl/printed/access";
import { CLUSTER } from "#ctl/printed/cluster";
import { FILES } from "#ctl/printed/files";
import { INSTANCES } from "#ctl/printed/instances";
import { LEDGER } from "#ctl/printed/ledger";
import { PEOPLE } from "#ctl/printed/people";
import { SETUP } from "#ctl/printed/setup";

/** Of every command of `clusterio` that has -o json. */
export const PRINTED = {
  ...ACCESS,
  ...CLUSTER,
  ...FILES,
  ...INSTANCES,
  ...LEDGER,
  ...PEOPLE,
  ...SETUP,
} satisfies Printed;

/** What a command may hand on to be printed: `… satisfies Prints<"save list">` stands where it does. */
export type Prints<Words extends keyof typeof PRINTED> = Loose<z.input<(typeof PRINTED)[Words]>>;

/** The same, whoever may write to it. */
type Loose<T> = T extends readonly (infer Item)[]
  ? readonly Loose<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Loose<T[Key]> }
    : T;
