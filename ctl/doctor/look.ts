import { statfs } from "node:fs/promises";
import { type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import { errors } from "@nats-io/transport-node";
import { z } from "zod";
import { certificateIn } from "#core/adapters/certificates";
import { NatsBus } from "#core/adapters/nats-bus";
import { isTls, MASTER_PAYLOAD_BYTES_MIN, type NatsLink } from "#core/adapters/nats-connection";
import { tokenIn } from "#core/adapters/nats-creds";
import { nodeDisk } from "#core/adapters/node-disk";
import { isClusterioError, messageOf } from "#core/errors";
import { type SlaveView, slaveView } from "#core/events/access";
import { decodeText, encodeJson } from "#core/events/codec";
import { slaveTelemetry } from "#core/events/telemetry";
import { AccessKeys } from "#core/identity/access-keys";
import { accessKeysFile } from "#core/identity/identity";
import { renewalDue } from "#core/identity/renewal-due";
import { slaveId } from "#core/ids";
import { driftOf, STREAMS } from "#core/streams";
import { SELF, subjects } from "#core/subjects";
import { sizeText } from "#core/terminal/size";
import type { ClusterClient } from "#ctl/client/client";
import type { Place } from "#ctl/cluster/place";
import { identityFolder, tlsFiles } from "#ctl/cluster/settings";
import { clockFinding, diskFinding, endOf, type Finding, ledgerFinding, look, ok, wrong } from "#ctl/doctor/finding";

/** What is looked at, each by trying it; nothing is changed. */

const VERSION_MIN = [2, 14] as const;
/** A bridge answers from memory. */
const SLAVE_MS_MAX = 3_000;
/** A bridge that was off for a while renews at once; a tenth of its time is no longer that. */
const RENEWAL_PATIENCE_MS_A_DAY = 86_400_000 / 10;

export const brokerFindings = ({ nc }: NatsLink, place: Place): Finding[] => {
  const { version = "0", max_payload = 0 } = nc.info ?? {};
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const old = major < VERSION_MIN[0] || (major === VERSION_MIN[0] && minor < VERSION_MIN[1]);
  const loopback = /\/\/(?:127\.|localhost|\[::1\])/.test(place.url);
  return [
    old
      ? wrong("broker", `nats-server ${version} at ${place.url}`, "install nats-server 2.14 or newer")
      : ok("broker", `nats-server ${version} at ${place.url}`),
    ...(max_payload < 1024 ** 2
      ? [
          wrong(
            "broker",
            `it takes messages of ${sizeText(max_payload)}`,
            `set max_payload to 8MB, at least ${MASTER_PAYLOAD_BYTES_MIN} bytes`,
          ),
        ]
      : []),
    isTls(place.url) || loopback
      ? ok("tls", isTls(place.url) ? "spoken from the first byte" : "none, and none is needed on loopback")
      : wrong(
          "tls",
          "what is said can be read and changed on the way",
          "make the cluster with `clusterio init --listen …`",
        ),
  ];
};

/** Rights, by trying what must not work. */
export const rightsFindings = async ({ nc }: NatsLink): Promise<Finding[]> => {
  const refused = async (subject: string): Promise<boolean> => {
    try {
      await nc.request(subject, "", { timeout: 1_000 });
      return false;
    } catch (error) {
      const causes = [error, (error as Error).cause];
      return causes.some((cause) => cause instanceof errors.PermissionViolationError);
    }
  };
  const asked = ["$JS.API.INFO", "$SYS.REQ.SERVER.PING", subjects.ledger("round")];
  const open: string[] = [];
  for (const subject of asked) if (!(await refused(subject))) open.push(subject);
  if (open.length === 0) return [ok("rights", "EDGE reaches neither JetStream, nor the system, nor the ledger")];
  return [
    wrong(
      "rights",
      `these credentials may publish ${open.join(", ")}`,
      "they are not those of a user of EDGE: look at the accounts",
    ),
  ];
};

export const credentialsFinding = (place: Place, now: number): Finding => {
  const { name, expires } = tokenIn(place.creds, place.credsPath);
  if (expires === undefined) return ok("credentials", `those of ${name} do not end`);
  return endOf("credentials", `those of ${name}`, { until: expires, now, remedy: "clusterio user renew" });
};

/** Of the cluster in this folder; of others only what the connection shows. */
export const certificateFindings = async (dir: string, now: number): Promise<Finding[]> => {
  const files = tlsFiles(dir);
  const found: Finding[] = [];
  for (const [what, path, remedy] of [
    ["the server's certificate", files.cert, "clusterio rotate tls, then start the broker again"],
    ["the authority", files.ca, "make a new one: every slave has to be told (docs/security.md)"],
  ] as const) {
    const bytes = await nodeDisk.read(path);
    if (bytes === undefined) continue;
    const { until } = certificateIn(decodeText(bytes), path);
    found.push(endOf("certificates", what, { until, now, remedy }));
  }
  return found;
};

export const diskFindings = async (dir: string): Promise<Finding[]> => {
  const { bavail, bsize } = await statfs(dir);
  return [diskFinding(dir, bavail * bsize)];
};

const streamInfo = z.object({ ts: z.string().optional() });

/** With credentials of CORE: the streams' settings and the broker's clock. */
export const streamFindings = async (link: NatsLink): Promise<Finding[]> => {
  const jsm: JetStreamManager = await jetstreamManager(link.nc, { checkAPI: false });
  const found: Finding[] = [];
  let skew: number | undefined;
  for (const definition of STREAMS) {
    const info = await jsm.streams.info(definition.name).catch(() => undefined);
    if (info === undefined) {
      found.push(wrong("streams", `${definition.name} is not there`, "start a projector: it makes it"));
      continue;
    }
    const { ts } = streamInfo.parse(info);
    if (ts !== undefined) skew = Date.now() - Date.parse(ts);
    for (const { setting, found: has, wanted } of driftOf(definition, definition.rules, info.config))
      found.push(
        wrong(
          "streams",
          `${definition.name} has ${setting} ${JSON.stringify(has)}, not ${JSON.stringify(wanted)}`,
          "start a projector: it puts it right",
        ),
      );
    for (const { setting, found: has, wanted } of driftOf(definition, definition.limits, info.config))
      found.push(
        look(
          "streams",
          `${definition.name} has ${setting} ${JSON.stringify(has)}, made with ${JSON.stringify(wanted)}`,
          "right if you meant it",
        ),
      );
  }
  if (found.length === 0) found.push(ok("streams", `all ${STREAMS.length} are as they were made`));
  if (skew !== undefined) found.push(clockFinding(skew));
  return found;
};

export const masterFindings = async (client: ClusterClient): Promise<Finding[]> => {
  try {
    const { ledger, granting, waiting, round } = await client.cluster();
    return [
      ok("master", `leads, round ${round}`),
      granting
        ? ok("grants", "are made")
        : look("grants", "none are made now", "wait for worlds to restate, or make room in LEDGER"),
      ...(waiting.length === 0
        ? []
        : [look("worlds", `${waiting.join(", ")} wait for a decision`, "clusterio world show")]),
      ledgerFinding(ledger),
    ];
  } catch (error) {
    if (!isClusterioError(error)) throw error;
    return [wrong("master", messageOf(error), "start clusterio-projector, or look at its log")];
  }
};

/** Each slave that may come in: whether it is there. */
export const slaveFindings = async (client: ClusterClient, link: NatsLink): Promise<Finding[]> => {
  let slaves: z.infer<typeof slaveView>[];
  try {
    ({ slaves } = await client.access("slave.list", {}, z.object({ slaves: z.array(slaveView) })));
  } catch (error) {
    if (!isClusterioError(error)) throw error;
    return [look("slaves", `cannot be listed: ${messageOf(error)}`, "ask as somebody who may slave.list")];
  }
  const bus = new NatsBus(link);
  const found = slaves.filter(({ state }) => state !== "revoked").map((slave) => slaveFinding(client, bus, slave));
  return (await Promise.all(found)).flat();
};

const status = z.object({ ok: z.object({ credentials: slaveTelemetry.shape.credentials }) });

const slaveFinding = async (client: ClusterClient, bus: NatsBus, view: SlaveView): Promise<Finding[]> => {
  const { slave, pausedUntil } = view;
  if (pausedUntil !== undefined) {
    const until = new Date(pausedUntil).toISOString();
    return [wrong("slaves", `${slave} flooded, and is kept out until ${until}`, "look at what runs there")];
  }
  const subject = subjects.command(client.user, slaveId(slave), SELF, "status");
  const asked = await bus.request(subject, encodeJson({}), SLAVE_MS_MAX);
  if (asked.kind === "nobody")
    return [wrong("slaves", `${slave} is away`, "look whether clusterio-bridge runs there and reaches the broker")];
  if (asked.kind === "timeout")
    return [wrong("slaves", `${slave} is silent`, "look at the log of clusterio-bridge there")];
  const said = status.safeParse(JSON.parse(decodeText(asked.data))).data;
  return [ok("slaves", `${slave} answers`), ...credentialsOf(view, said?.ok.credentials?.problem, Date.now())];
};

/** Of a slave: renewed by its bridge before they end, so that a near end alone is nothing to look at. */
export const credentialsOf = (view: SlaveView, problem: string | undefined, now: number): Finding[] => {
  const { slave, expires, days, at, renewed } = view;
  if (expires === undefined && problem === undefined) return [];
  const due = expires === undefined ? undefined : renewalDue({ issued: renewed ?? at, expires });
  const date = expires === undefined ? "never" : new Date(expires).toISOString().slice(0, 10);
  const remedy = `look at the log of clusterio-bridge there; without renewal: clusterio slave revoke ${slave}, then create-config`;
  if (expires !== undefined && expires <= now)
    return [wrong("slaves", `the credentials of ${slave} ended on ${date}`, remedy)];
  if (problem !== undefined)
    return [wrong("slaves", `${slave} fails to renew its credentials, which end on ${date}: ${problem}`, remedy)];
  const overdue = due !== undefined && now > due + (days ?? 1) * RENEWAL_PATIENCE_MS_A_DAY;
  return overdue ? [look("slaves", `the credentials of ${slave} end on ${date}, and were not renewed`, remedy)] : [];
};

/** While a replaced key of slaves is accepted still: who has not gone over to the new one. */
export const replacedFindings = async (dir: string, client: ClusterClient, now: number): Promise<Finding[]> => {
  const path = accessKeysFile(identityFolder(dir));
  const bytes = await nodeDisk.read(path);
  const key = bytes === undefined ? undefined : AccessKeys.of(bytes, path).slaveKey(now);
  if (key === undefined) return [];
  const { slaves } = await client.access("slave.list", {}, z.object({ slaves: z.array(slaveView) }));
  const late = slaves.filter(({ state, at, renewed = at }) => state !== "revoked" && renewed < key.since);
  const date = new Date(key.until).toISOString().slice(0, 10);
  if (late.length === 0)
    return [ok("keys", `every slave has credentials of the new key; the old one is void from ${date} on`)];
  const who = late.map(({ slave }) => slave).join(", ");
  const remedy = "see that their bridges run, or make new ones with clusterio slave revoke and create-config";
  return [look("keys", `${who}: credentials of the replaced key, void from ${date} on`, remedy)];
};
