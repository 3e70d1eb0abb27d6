import { unavailable } from "#core/errors";
import { OwnKey } from "#core/identity/own-key";
import type { ClusterClient } from "#ctl/client/client";
import { renewWhenDue } from "#ctl/client/renew";

/** A token that nobody signed: what it says of itself is all that is looked at here. */
const tokenOf = (issued: number, expires: number): string => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { name: "ada", iat: issued / 1_000, exp: expires / 1_000, nats: { issuer_account: "A" } };
  return `${part({})}.${part(claims)}.x`;
};

const HOUR = 3_600_000;
const beginning = (left: number) => {
  const now = Math.floor(Date.now() / 1_000) * 1_000;
  const creds = new TextEncoder().encode(new OwnKey().creds(tokenOf(now - HOUR, now + left)));
  const told = { said: [] as string[], written: [] as Uint8Array[] };
  const place = {
    ...{ url: "nats://x", creds, credsPath: "the context x", remedy: "" },
    replace: async (bytes: Uint8Array) => void told.written.push(bytes),
  };
  const answering = (answer: () => Promise<unknown>) => ({ access: answer }) as unknown as ClusterClient;
  const jwt = tokenOf(now, now + HOUR);
  return { told, place, answering, jwt, say: (line: string) => told.said.push(line) };
};

test("credentials with a third of their time left are renewed, and whoever uses them is told; earlier they are left alone", async () => {
  const late = beginning(HOUR / 3);
  await renewWhenDue(
    late.answering(async () => ({ id: "ada", jwt: late.jwt })),
    late.place,
    late.say,
  );
  expect([late.told.written.length, late.told.said]).toEqual([1, [expect.stringContaining("are renewed, until")]]);
  const early = beginning(HOUR);
  await renewWhenDue(
    early.answering(() => Promise.reject(new Error("asked"))),
    early.place,
    early.say,
  );
  expect(early.told).toEqual({ said: [], written: [] });
});

test("whatever is in the way of it is told, and stops no command", async () => {
  const late = beginning(HOUR / 3);
  const away = late.answering(() => Promise.reject(unavailable("no answer")));
  await renewWhenDue(away, late.place, late.say);
  expect(late.told).toEqual({ written: [], said: ["your credentials end soon, and were not renewed: no answer"] });
});
