import { z } from "zod";

/** Units by resource, such as "item:iron-plate". */
export const amounts = z.record(z.string(), z.number());
/** The same of one world. */
export const vector = amounts;
