import { z } from "zod";
import { roleView, slaveView, userView } from "#core/events/access";
import type { Printed } from "#core/terminal/printed";

const file = z.string().describe("of credentials, on this machine");
const credentials = { file, url: z.string() };

/** Users, roles and slaves. */
export const ACCESS = {
  "user create": z.strictObject({ user: z.string(), ...credentials }),
  "user list": userView,
  "user show": userView,
  "user set-roles": userView,
  "user revoke": userView,
  "user delete": z.strictObject({ user: z.string(), deleted: z.literal(true) }),
  "user renew": z.strictObject({ user: z.string(), file, expires: z.number().optional() }),
  "role create": roleView,
  "role edit": roleView,
  "role list": roleView,
  "role show": roleView,
  "role delete": z.strictObject({ role: z.string(), deleted: z.literal(true) }),
  "slave create-config": z.strictObject({ slave: z.string(), ...credentials }),
  "slave token": z.strictObject({ token: z.string(), expires: z.number() }),
  "slave list": slaveView,
  "slave show": slaveView,
  "slave revoke": slaveView,
  "slave rename": slaveView,
  rotate: z.strictObject({
    key: z.string(),
    note: z.string(),
    when: z.string(),
    acceptedUntil: z.string().optional().describe("until when the former key is accepted, too"),
  }),
  "identity backup": z.strictObject({ file: z.string() }),
  "identity restore": z.strictObject({ dir: z.string() }),
} satisfies Printed;
