import { X509Certificate } from "node:crypto";
import { createServer, connect as tlsConnect } from "node:tls";
import {
  type CertifiedKey,
  certificateIn,
  newAuthority,
  newServerCertificate,
  requireMatching,
} from "#core/adapters/certificates";

const NOW = Date.UTC(2026, 10, 27, 12);
let authority: CertifiedKey;
let server: CertifiedKey;
beforeAll(async () => {
  authority = await newAuthority(NOW);
  server = await newServerCertificate(authority, ["cluster.example", "10.1.2.3", "fd00::1:2", "127.0.0.1"], NOW);
});

test("the authority signs itself and the server's certificate, and may do nothing else", async () => {
  const [ca, cert] = [new X509Certificate(authority.cert), new X509Certificate(server.cert)];
  expect(ca.ca).toBe(true);
  expect(cert.ca).toBe(false);
  expect(ca.verify(ca.publicKey)).toBe(true);
  expect(cert.verify(ca.publicKey)).toBe(true);
  expect(cert.checkIssued(ca)).toBe(true);
  expect(cert.verify(new X509Certificate((await newAuthority(NOW)).cert).publicKey)).toBe(false);
});

test("a certificate names hosts and addresses, and its days", () => {
  const cert = new X509Certificate(server.cert);
  expect(cert.checkHost("cluster.example")).toBe("cluster.example");
  for (const ip of ["10.1.2.3", "fd00::1:2", "127.0.0.1"]) expect(cert.checkIP(ip)).toBe(ip);
  expect(cert.checkIP("10.1.2.4")).toBeUndefined();
  const { from, until } = certificateIn(server.cert, "it");
  expect([from, until]).toEqual([NOW - 3_600_000, NOW + 397 * 86_400_000]);
  expect(certificateIn(authority.cert, "it").until).toBe(NOW + 3_650 * 86_400_000);
});

test("years from 2050 on are written in their own form", async () => {
  const late = await newAuthority(Date.UTC(2049, 5, 1));
  expect(certificateIn(late.cert, "it").until).toBe(Date.UTC(2049, 5, 1) + 3_650 * 86_400_000);
});

/** Whether a TLS client that trusts `ca` takes a server with this certificate for `host`. */
const shakesHands = async (host: string, ca: string): Promise<string> => {
  const now = Date.now();
  const own = await newAuthority(now);
  const listening = createServer(await newServerCertificate(own, ["127.0.0.1", "cluster.example"], now));
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  const { port } = listening.address() as { port: number };
  try {
    return await new Promise((resolve) => {
      const client = tlsConnect({ host: "127.0.0.1", port, servername: host, ca: ca === "its own" ? own.cert : ca });
      client
        .once("secureConnect", () => resolve("yes"))
        .once("error", (error) => resolve(String(Reflect.get(error, "code"))));
      client.on("close", () => {}).on("secureConnect", () => client.destroy());
    });
  } finally {
    await new Promise<void>((resolve) => listening.close(() => resolve()));
  }
};

test("a client that trusts the authority takes the server by its names only; one that trusts another does not", async () => {
  expect(await shakesHands("cluster.example", "its own")).toBe("yes");
  expect(await shakesHands("elsewhere.example", "its own")).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
  expect(await shakesHands("cluster.example", authority.cert)).toMatch(/UNABLE|SELF_SIGNED|CERT_SIGNATURE/);
});

test("given files that do not belong together are refused by name", async () => {
  const other = await newServerCertificate(await newAuthority(NOW), ["a"], NOW);
  expect(() => requireMatching(server, authority.cert, NOW)).not.toThrow();
  expect(() => requireMatching({ ...server, key: other.key }, authority.cert, NOW)).toThrow("key is not the one");
  expect(() => requireMatching(other, authority.cert, NOW)).toThrow("not signed by this authority");
  expect(() => requireMatching({ ...server, key: "x" }, authority.cert, NOW)).toThrow("not a private key");
  expect(() => requireMatching(server, "x", NOW)).toThrow("the authority is not a certificate");
  expect(() => requireMatching(server, authority.cert, NOW + 400 * 86_400_000)).toThrow("expired");
});
