import { createPrivateKey, randomBytes, webcrypto, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { badInput, messageOf } from "#core/errors";

/**
 * The cluster's own certificates (X.509, ECDSA P-256): one authority, and the server's certificate signed by it. Node reads
 * certificates and makes none; @peculiar/x509 does, over Node's own cryptography. It is loaded when one is made, for it takes time.
 */

/** Both PEM. */
export interface CertifiedKey {
  readonly cert: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;
/** Slaves carry the authority's certificate: it outlives the servers'. */
const AUTHORITY_DAYS = 3_650;
/** Renewed by `clusterio rotate tls`; doctor warns a month ahead. */
const SERVER_DAYS = 397;
/** Clocks of two machines may differ; a certificate of the future is refused. */
const CLOCK_SKEW_MS = 3_600_000;

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

const load = async () => {
  await import("reflect-metadata");
  return import("@peculiar/x509");
};

type KeyPair = webcrypto.CryptoKeyPair;

const newPair = (): Promise<KeyPair> =>
  webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]) as Promise<KeyPair>;

const pemOf = async ({ privateKey }: KeyPair): Promise<string> => {
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", privateKey));
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  return key.export({ type: "pkcs8", format: "pem" }).toString();
};

const signingKeyOf = (pem: string): Promise<webcrypto.CryptoKey> => {
  const der = createPrivateKey(pem).export({ type: "pkcs8", format: "der" });
  return webcrypto.subtle.importKey("pkcs8", der, ALGORITHM, false, ["sign"]);
};

const validity = (now: number, days: number) => ({
  notBefore: new Date(now - CLOCK_SKEW_MS),
  notAfter: new Date(now + days * DAY_MS),
  signingAlgorithm: ALGORITHM,
  serialNumber: `4${randomBytes(16).toString("hex").slice(1)}`,
});

/** A new certificate authority, good for nothing but signing servers' certificates. */
export const newAuthority = async (now: number, name = "Clusterio cluster authority"): Promise<CertifiedKey> => {
  const x509 = await load();
  const keys = await newPair();
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(now, AUTHORITY_DAYS),
    name: [{ CN: [name] }],
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false),
    ],
  });
  return { cert: `${cert.toString("pem")}\n`, key: await pemOf(keys) };
};

/** The server's certificate for these names and addresses, signed by the authority. */
export const newServerCertificate = async (
  authority: CertifiedKey,
  hosts: readonly string[],
  now: number,
): Promise<CertifiedKey> => {
  const x509 = await load();
  const issuer = new x509.X509Certificate(authority.cert);
  const keys = await newPair();
  const names = hosts.map((value) => ({ type: isIP(value) === 0 ? ("dns" as const) : ("ip" as const), value }));
  const cert = await x509.X509CertificateGenerator.create({
    ...validity(now, SERVER_DAYS),
    subject: [{ CN: [hosts[0] ?? "clusterio"] }],
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey: await signingKeyOf(authority.key),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names),
      await x509.AuthorityKeyIdentifierExtension.create(issuer, false),
    ],
  });
  return { cert: `${cert.toString("pem")}\n`, key: await pemOf(keys) };
};

/** What somebody should know of a certificate. Times in ms. */
export interface CertificateView {
  readonly from: number;
  readonly until: number;
  /** "DNS:host, IP Address:1.2.3.4" */
  readonly hosts: string;
}

/** @throws ClusterioError `bad-input` when the text is no certificate. */
export const certificateIn = (pem: string, what: string): CertificateView => {
  const cert = readCertificate(pem, what);
  return { from: Date.parse(cert.validFrom), until: Date.parse(cert.validTo), hosts: cert.subjectAltName ?? "" };
};

const readCertificate = (pem: string, what: string): X509Certificate => {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw badInput(`${what} is not a certificate (PEM): ${messageOf(error)}`, error);
  }
};

/**
 * Three given files belong together: the key is the certificate's, and the authority signed it.
 * @throws ClusterioError `bad-input` that says which of them does not.
 */
export const requireMatching = (given: CertifiedKey, authority: string, now: number): void => {
  const cert = readCertificate(given.cert, "the certificate");
  let fits: boolean;
  try {
    fits = cert.checkPrivateKey(createPrivateKey(given.key));
  } catch (error) {
    throw badInput(`the certificate's key is not a private key (PEM): ${messageOf(error)}`, error);
  }
  if (!fits) throw badInput("the key is not the one of the certificate: give the two files that belong together");
  const signer = readCertificate(authority, "the authority");
  if (!cert.verify(signer.publicKey) && cert.fingerprint256 !== signer.fingerprint256)
    throw badInput("the certificate was not signed by this authority: clients that trust it would refuse the server");
  if (Date.parse(cert.validTo) <= now) throw badInput(`the certificate expired on ${cert.validTo}: give a newer one`);
};
