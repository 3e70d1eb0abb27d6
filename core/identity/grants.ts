import {
  type Export,
  type Import,
  newScopedSigner,
  type OperatorLimits,
  type SigningKey,
  type UserPermissionsLimits,
} from "@nats-io/jwt";
import type { Permissions } from "#core/access/compile";
import { SUBJECT_PREFIX } from "#core/subjects";

/**
 * Who may say and hear what (DESIGN 5 and 10): the content of the accounts and of the scoped signing keys. Every line
 * is held by test/identity/security.nats.test.ts.
 *
 * G1 EDGE has no JetStream: every such grant lets one client forge another's messages.
 * G2 a slave or user publishes only under its own name (`{{name()}}` is filled in by the server from its token).
 * G3 what leaves CORE are exactly deliveries, levels, state and signals; the ledger never does.
 */
const own = "{{name()}}";
const subject = (...tokens: string[]): string => [SUBJECT_PREFIX, ...tokens].join(".");

/** What slaves say: streams from EDGE to CORE. */
const EDGE_STREAMS = ["event", "log", "audit", "telemetry", "chat", "circuit"] as const;
/** What the master says: streams from CORE to EDGE. */
const CORE_STREAMS = ["delivery", "storage", "state", "signal"] as const;
/** What the master answers. */
const CORE_SERVICES = [
  { name: "master commands", subject: subject("command", "*", "master", ">") },
  { name: "queries", subject: subject("query", ">") },
  { name: "joins", subject: subject("join", "*") },
  { name: "renewals", subject: subject("renew", "*") },
] as const;

const streamExports = (kinds: readonly string[]): Export[] =>
  kinds.map((kind) => ({ name: kind, subject: subject(kind, ">"), type: "stream" }));
const streamImports = (kinds: readonly string[], account: string): Import[] =>
  kinds.map((kind) => ({ name: kind, subject: subject(kind, ">"), type: "stream", account }));

const UNLIMITED = { subs: -1, data: -1, payload: -1 } as const;
const ACCOUNT = { ...UNLIMITED, imports: -1, exports: -1, wildcards: true, leaf: 0 } as const;

export const coreAccount = (edge: string) => ({
  exports: [
    ...streamExports(CORE_STREAMS),
    ...CORE_SERVICES.map((service): Export => ({ ...service, type: "service" })),
  ],
  imports: streamImports(EDGE_STREAMS, edge),
  // The storage limits are what enables JetStream; the server's own limits bound it.
  limits: {
    ...ACCOUNT,
    conn: -1,
    mem_storage: -1,
    disk_storage: -1,
    streams: -1,
    consumer: -1,
  } satisfies OperatorLimits,
});

/** For the few masters that change accounts while the broker runs; without limits nobody could connect. */
export const systemAccount = { limits: { ...ACCOUNT, conn: 20 } satisfies OperatorLimits };

const edgeAccount = (core: string) => ({
  exports: streamExports(EDGE_STREAMS),
  imports: [
    ...streamImports(CORE_STREAMS, core),
    ...CORE_SERVICES.map((service): Import => ({ ...service, type: "service", account: core })),
  ],
  // Some hundred slaves with a few tools each; a stolen credential cannot use up the server's sockets.
  limits: { ...ACCOUNT, conn: 2_000 } satisfies OperatorLimits,
});

/** One fact is at most 256 KiB (DESIGN 5), one audit or log record far less; the envelope doubles it at worst. */
const EDGE_PAYLOAD_BYTES_MAX = 1024 * 1024;

/** Kinds of credentials, each with a signing key of its own; "user" are the admins that the cluster's keys make. */
export const ROLES = ["slave", "user", "join", "master"] as const;
export type Role = (typeof ROLES)[number];

export const templates: Readonly<Record<Role, Partial<UserPermissionsLimits>>> = {
  slave: {
    pub: {
      allow: [
        ...EDGE_STREAMS.map((kind) => subject(kind, own, ">")),
        // Not a history of logs, which names an instance: what others' servers print is for people.
        subject("query", own, "*"),
        subject("renew", own),
        // To other slaves, within EDGE: no master and no stream hears it.
        subject("message", own, ">"),
        // Answers to commands. Not `resp` (allow_responses): that would let a slave publish on any subject which an
        // accomplice names as its reply subject, another slave's events included. Inboxes are only as open as their
        // 22 unguessable characters.
        "_INBOX.*.>",
      ],
    },
    sub: {
      allow: [
        subject("delivery", own, ">"),
        subject("command", "*", own, ">"),
        // What its worlds' combinators show is everybody's.
        subject("signal", ">"),
        subject("storage", ">"),
        subject("message", ">"),
        `_INBOX.${own}.>`,
      ],
    },
    // Deliveries, commands, the inbox, levels, messages, and one for each channel that its worlds listen to (CHANNELS_HEARD_MAX).
    subs: 64,
    data: -1,
    payload: EDGE_PAYLOAD_BYTES_MAX,
    allowed_connection_types: ["STANDARD"],
  },
  user: {
    pub: { allow: [subject("command", own, ">"), subject("query", own, ">")] },
    sub: {
      allow: [
        `_INBOX.${own}.>`,
        ...["event", "log", "telemetry", "state", "storage", "delivery", "audit", "chat", "signal", "message"].map(
          (kind) => subject(kind, ">"),
        ),
      ],
    },
    // A dashboard watches one subject for each shown row.
    subs: 1_000,
    data: -1,
    payload: EDGE_PAYLOAD_BYTES_MAX,
    allowed_connection_types: ["STANDARD", "WEBSOCKET"],
  },
  /** Whoever has a join token: asks once to become a slave. */
  join: {
    pub: { allow: [subject("join", own)] },
    sub: { allow: [`_INBOX.${own}.>`] },
    subs: 2,
    data: -1,
    payload: 4_096,
    allowed_connection_types: ["STANDARD"],
  },
  // An empty list would allow nothing.
  master: { pub: { allow: [">"] }, sub: { allow: [">"] }, ...UNLIMITED, allowed_connection_types: ["STANDARD"] },
};

/** The public keys that sign for EDGE, beside those of single users. */
export interface EdgeSigners {
  readonly slave: string;
  readonly user: string;
  readonly join: string;
}

/** What the master adds to EDGE: a signing key for each user that it made, and what is void. */
export interface EdgeAdditions {
  readonly signing_keys: readonly SigningKey[];
  /** Public key → seconds since 1970. */
  readonly revocations: Readonly<Record<string, number>>;
}
export const NO_ADDITIONS: EdgeAdditions = { signing_keys: [], revocations: {} };

/** A key that signs for a role, with what that role may do. */
export const roleSigner = (publicKey: string, role: "slave" | "user" | "join"): SigningKey =>
  newScopedSigner(publicKey, role, templates[role]);

/** All of EDGE's token, but for its signature. */
export const edgeClaims = (core: string, signers: EdgeSigners, additions: EdgeAdditions) => ({
  ...edgeAccount(core),
  signing_keys: [
    roleSigner(signers.slave, "slave"),
    roleSigner(signers.user, "user"),
    roleSigner(signers.join, "join"),
    ...additions.signing_keys,
  ],
  revocations: { ...additions.revocations },
});

/** The role of signing keys of single users, by which they are told from those that every cluster has. */
export const PERSON = "person";

/** The signing key of one user: what he may do stands in the account, so that it can change while he is connected. */
export const userSigner = (publicKey: string, { pub, sub }: Permissions): SigningKey =>
  newScopedSigner(publicKey, PERSON, {
    ...templates.user,
    pub: { allow: [...pub] },
    sub: { allow: [`_INBOX.${own}.>`, ...sub] },
  });
