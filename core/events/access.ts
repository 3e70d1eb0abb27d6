import { z } from "zod";
import { ID_PATTERN, isReservedId } from "#core/ids";

/** Who may do what: the commands that change it, `command.<user>.master.<noun>.<verb>`, and how a new slave joins. */

/** A user's, slave's or role's id: "join-…" is for those who join, "master" is nobody's. */
const id = z
  .string()
  .regex(ID_PATTERN, "1 to 32 of a-z, 0-9 and -")
  .refine((text) => !isReservedId(text), "not master, and not beginning with join-");
const publicKey = z.string().regex(/^U[A-Z2-7]{55}$/, "a user's public nkey");
const name = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}]*$/u, "no control characters");
/** "instance.start on eu-*"; proved by core/access/grant.ts. */
const grants = z.array(z.string().min(1).max(200)).max(200);
/** Credentials that end by themselves: ten years are for ever. */
const days = z.number().int().min(1).max(3_650);
export const TOKEN_MINUTES_MAX = 7 * 24 * 60;

export const accessCommands = {
  "role.create": z.object({ role: id, grants }),
  "role.edit": z.object({ role: id, grants }),
  "role.delete": z.object({ role: id }),
  "role.list": z.object({}),
  "role.show": z.object({ role: id }),
  /** Also gives a revoked user new credentials; with the roles that he had when none are named. */
  "user.create": z.object({ user: id, roles: z.array(id).max(20).optional(), publicKey, days: days.optional() }),
  "user.delete": z.object({ user: id }),
  "user.set-roles": z.object({ user: id, roles: z.array(id).max(20) }),
  /** All his credentials are void; he stays, with his roles. */
  "user.revoke": z.object({ user: id }),
  "user.list": z.object({}),
  "user.show": z.object({ user: id }),
  /** One's own credentials, for as long again as they were given for. */
  "user.renew": z.object({ publicKey }),
  /** Also gives a revoked slave new credentials. */
  "slave.create": z.object({ name, publicKey, days: days.optional() }),
  /** One slave may join with the key that is named here, within these minutes. */
  "slave.token": z.object({
    name: name.optional(),
    publicKey,
    minutes: z.number().int().min(1).max(TOKEN_MINUTES_MAX),
    /** For how long the slave's credentials are given then. */
    days: days.optional(),
  }),
  "slave.revoke": z.object({ slave: id }),
  /** The name that people read: the id stays, it stands in the ledger. */
  "slave.rename": z.object({ slave: id, name }),
  "slave.list": z.object({}),
  "slave.show": z.object({ slave: id }),
} as const;
export type AccessCommand = keyof typeof accessCommands;
export const isAccessCommand = (text: string): text is AccessCommand => Object.hasOwn(accessCommands, text);
export type AccessRequest<C extends AccessCommand> = z.output<(typeof accessCommands)[C]>;

/** `join.<id of the token>`: asked by whoever has a join token, with the public part of a key of his own. */
export const joinRequest = z.object({ publicKey, name: name.optional(), days: days.optional() });
/** `renew.<slave>`: asked by the slave itself, whose credentials are good still. */
export const renewRequest = z.object({ publicKey });

/** `delivery.<slave>._`, restated while a replaced key is accepted still: credentials of another key than this are to be renewed. */
export const slaveNotice = z.object({ signer: z.string().min(1).max(60) });

/** What a slave or user is given: a token for the key that he named. */
export const credentialsAnswer = z.object({ id: z.string(), jwt: z.string() });
export type CredentialsAnswer = z.infer<typeof credentialsAnswer>;

export const tokenAnswer = z.object({ id: z.string(), jwt: z.string(), expires: z.number() });

export const roleView = z.object({ role: z.string(), grants: z.array(z.string()), users: z.array(z.string()) });
export type RoleView = z.infer<typeof roleView>;
export const userView = z.object({
  user: z.string(),
  roles: z.array(z.string()),
  state: z.enum(["active", "revoked"]),
  /** Made from the cluster's keys: an admin whatever roles he is given. */
  root: z.boolean(),
  by: z.string(),
  at: z.number(),
  expires: z.number().exactOptional(),
});
export type UserView = z.infer<typeof userView>;
export const slaveView = z.object({
  slave: z.string(),
  name: z.string(),
  /** "paused": it flooded, and is let in again by itself at `pausedUntil`. */
  state: z.enum(["active", "paused", "revoked"]),
  by: z.string(),
  at: z.number(),
  /** When its newest credentials were given, if that was later than `at`. */
  renewed: z.number().exactOptional(),
  /** For how long they are given. */
  days: z.number().exactOptional(),
  expires: z.number().exactOptional(),
  pausedUntil: z.number().exactOptional(),
});
export type SlaveView = z.infer<typeof slaveView>;
