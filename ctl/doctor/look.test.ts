import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newAuthority, newServerCertificate } from "#core/adapters/certificates";
import type { NatsLink } from "#core/adapters/nats-connection";
import { nodeDisk } from "#core/adapters/node-disk";
import { refused, unavailable } from "#core/errors";
import type { SlaveView } from "#core/events/access";
import { createIdentity, rotateKey } from "#core/identity/identity";
import { OwnKey } from "#core/identity/own-key";
import type { ClusterClient } from "#ctl/client/client";
import { tlsFiles } from "#ctl/cluster/settings";
import type { Finding } from "#ctl/doctor/finding";
import {
  brokerFindings,
  certificateFindings,
  credentialsFinding,
  credentialsOf,
  diskFindings,
  masterFindings,
  replacedFindings,
  slaveFindings,
} from "#ctl/doctor/look";

/** Each finding of doctor that needs no broker to come about; the others are in doctor.nats.test.ts. */
const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 27);

const linkTo = (info: object) => ({ nc: { info } }) as unknown as NatsLink;
const placeAt = (url: string) => ({ url, creds: new Uint8Array(), credsPath: "x", remedy: "" });
const bad = (found: readonly Finding[]) => found.filter(({ state }) => state !== "ok");

test.each<[string, object, string, string]>([
  ["an old broker", { version: "2.10.27", max_payload: 8 << 20 }, "nats://127.0.0.1:4222", "2.14 or newer"],
  [
    "one that takes short messages",
    { version: "2.15.1", max_payload: 1 << 16 },
    "nats://127.0.0.1:4222",
    "max_payload",
  ],
  ["plaintext beyond loopback", { version: "2.15.1", max_payload: 8 << 20 }, "nats://far:4222", "clusterio init"],
])("%s is wrong, with what to do", (_, info, url, remedy) => {
  const [found, ...more] = bad(brokerFindings(linkTo(info), placeAt(url)));
  expect([found?.state, found?.remedy, more]).toEqual(["wrong", expect.stringContaining(remedy), []]);
});

test("a broker that is new enough, by TLS or on loopback, is well", () => {
  const info = linkTo({ version: "2.15.1", max_payload: 8 << 20 });
  for (const url of ["tls://far:4222", "nats://127.0.0.1:1", "nats://[::1]:1"])
    expect(bad(brokerFindings(info, placeAt(url)))).toEqual([]);
});

/** Nobody signed it: doctor reads what it says. */
const credsUntil = (expires: number | undefined): Uint8Array => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const end = expires === undefined ? {} : { exp: expires / 1_000 };
  return new TextEncoder().encode(new OwnKey().creds(`${part({})}.${part({ name: "ada", ...end, nats: {} })}.x`));
};

test.each<[number | undefined, string, string | undefined]>([
  [undefined, "ok", undefined],
  [NOW + 40 * DAY, "ok", undefined],
  [NOW + 10 * DAY, "look", "clusterio user renew"],
  [NOW - DAY, "wrong", "clusterio user renew"],
])("one's own credentials until %p are %s", (until, state, remedy) => {
  const found = credentialsFinding({ ...placeAt("x"), creds: credsUntil(until) }, NOW);
  expect([found.state, found.remedy]).toEqual([state, remedy]);
});

test("certificates: good ones, those that end soon, and those that ended; where there are none, nothing", async () => {
  const dir = await mkdtemp(join(tmpdir(), "clusterio-doctor-"));
  try {
    expect(await certificateFindings(dir, NOW)).toEqual([]);
    const authority = await newAuthority(NOW);
    const { cert } = await newServerCertificate(authority, ["x"], NOW);
    await nodeDisk.write(tlsFiles(dir).ca, new TextEncoder().encode(authority.cert));
    await nodeDisk.write(tlsFiles(dir).cert, new TextEncoder().encode(cert));
    expect(bad(await certificateFindings(dir, NOW))).toEqual([]);
    const late = async (ms: number) => (await certificateFindings(dir, ms)).map(({ state }) => state);
    const [server] = await certificateFindings(dir, NOW);
    const until = Date.parse(/until (\S+)/.exec(server!.what)![1]!);
    expect([(await late(until - 10 * DAY))[0], (await late(until + 2 * DAY))[0]]).toEqual(["look", "wrong"]);
    expect((await late(NOW + 100 * 365 * DAY))[1]).toBe("wrong");
    const [ended] = await certificateFindings(dir, until + 2 * DAY);
    expect(ended?.remedy).toContain("clusterio rotate tls");
    expect((await diskFindings(dir)).map(({ check }) => check)).toEqual(["disk"]);
  } finally {
    await rm(dir, { recursive: true });
  }
});

const asking = (client: Partial<Record<"cluster" | "access", () => Promise<unknown>>>) =>
  ({ user: "ada", ...client }) as unknown as ClusterClient;
const cluster = { ledger: { bytes: 1, bytesMax: 100 }, granting: true, waiting: [] as string[], round: 7 };

test("a master: well, without grants, with worlds that wait, with a full ledger, and away", async () => {
  const found = async (changes: object) =>
    bad(await masterFindings(asking({ cluster: async () => ({ ...cluster, ...changes }) }))).map(
      ({ check, state }) => `${check} ${state}`,
    );
  expect(await found({})).toEqual([]);
  expect(await found({ granting: false })).toEqual(["grants look"]);
  expect(await found({ waiting: ["iron.1"] })).toEqual(["worlds look"]);
  expect(await found({ ledger: { bytes: 96, bytesMax: 100 } })).toEqual(["ledger wrong"]);
  expect(await found({ ledger: { bytes: 1, bytesMax: 100, daysLeft: 3 } })).toEqual(["ledger look"]);
  const [away] = await masterFindings(asking({ cluster: () => Promise.reject(unavailable("no answer")) }));
  expect([away?.state, away?.remedy]).toEqual(["wrong", expect.stringContaining("clusterio-projector")]);
});

const view: SlaveView = { slave: "mill", name: "Mill", state: "active", by: "root", at: NOW };

test("slaves that may not be listed, and one that is kept out, are told with what to do", async () => {
  const refusing = asking({ access: () => Promise.reject(refused("not among your rights")) });
  expect(await slaveFindings(refusing, linkTo({}))).toMatchObject([{ state: "look", remedy: expect.any(String) }]);
  const paused = { ...view, state: "paused", pausedUntil: NOW + 10_000 };
  const revoked = { ...view, slave: "gone", state: "revoked" };
  const [found, ...more] = await slaveFindings(
    asking({ access: async () => ({ slaves: [paused, revoked] }) }),
    linkTo({}),
  );
  expect([found?.state, found?.what, more]).toEqual(["wrong", expect.stringContaining("mill flooded"), []]);
});

test.each<[string, Partial<SlaveView>, string | undefined, string[]]>([
  ["do not end", {}, undefined, []],
  ["are young", { days: 30, expires: NOW + 29 * DAY, at: NOW - DAY }, undefined, []],
  ["are to be renewed just now", { days: 30, expires: NOW + 10 * DAY - 1, at: NOW - 20 * DAY }, undefined, []],
  ["were not renewed in time", { days: 30, expires: NOW + 5 * DAY, at: NOW - 25 * DAY }, undefined, ["look"]],
  ["fail to be renewed", { days: 30, expires: NOW + 9 * DAY, at: NOW - 21 * DAY }, "no master", ["wrong"]],
  ["ended", { days: 30, expires: NOW - 1, at: NOW - 30 * DAY }, undefined, ["wrong"]],
  ["were renewed", { days: 30, expires: NOW + 20 * DAY, at: NOW - 90 * DAY, renewed: NOW - 10 * DAY }, undefined, []],
  ["are of a key that was replaced, and stay so", {}, "no master", ["wrong"]],
])("a slave's credentials that %s", (_, changes, problem, states) => {
  const found = credentialsOf({ ...view, ...changes }, problem, NOW);
  expect(found.map(({ state }) => state)).toEqual(states);
  for (const { remedy } of found) expect(remedy).toContain("clusterio slave revoke mill");
});

test("a replaced key of slaves: who has not gone over to the new one is named while it is accepted", async () => {
  const dir = await mkdtemp(join(tmpdir(), "clusterio-doctor-"));
  try {
    const identity = join(dir, "identity");
    await createIdentity(identity, nodeDisk);
    const late = { ...view, at: NOW - DAY };
    const over = { ...view, slave: "over", at: NOW - DAY, renewed: NOW + 1 };
    const found = async (slaves: SlaveView[], now = NOW + 2) =>
      (await replacedFindings(dir, asking({ access: async () => ({ slaves }) }), now)).map(
        ({ state, what }) => `${state} ${what.split(":")[0]}`,
      );
    expect(await found([late])).toEqual([]);
    await rotateKey(identity, nodeDisk, "slave", { now: NOW, until: NOW + 7 * DAY });
    expect(await found([late, over])).toEqual(["look mill"]);
    expect(await found([over])).toEqual([expect.stringMatching(/^ok every slave/)]);
    expect(await found([late], NOW + 8 * DAY)).toEqual([]);
  } finally {
    await rm(dir, { recursive: true });
  }
});
