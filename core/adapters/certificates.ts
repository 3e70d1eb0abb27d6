import { createHash, createPrivateKey, generateKeyPairSync, randomBytes, sign, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { der } from "#core/adapters/der";
import { badInput, messageOf } from "#core/errors";

/**
 * The cluster's own certificates (X.509, ECDSA P-256): one authority, and the server's certificate signed by it. Written
 * here because Node reads certificates and makes none, and because this little is all that the broker's TLS needs.
 */

/** Both PEM. */
export interface CertifiedKey {
  readonly cert: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;
/** Slaves carry the authority's certificate: it outlives the servers'. */
export const AUTHORITY_DAYS = 3_650;
/** Renewed by `clusterio rotate tls`; doctor warns a month ahead. */
export const SERVER_DAYS = 397;
/** Clocks of two machines may differ; a certificate of the future is refused. */
const CLOCK_SKEW_MS = 3_600_000;

const OID = {
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  commonName: "2.5.4.3",
  subjectKey: "2.5.29.14",
  keyUsage: "2.5.29.15",
  alternativeName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKey: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
} as const;

const pemOf = (label: string, bytes: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(bytes)
    .toString("base64")
    .replace(/.{1,64}/g, "$&\n")}-----END ${label}-----\n`;

const nameOf = (text: string): Buffer =>
  der.sequence(der.set(der.sequence(der.objectId(OID.commonName), der.text(text))));

const extension = (id: string, content: Uint8Array, critical = false): Buffer =>
  der.sequence(der.objectId(id), ...(critical ? [der.boolean(true)] : []), der.octets(content));

const keyIdOf = (spki: Uint8Array): Buffer => createHash("sha1").update(spki).digest();

interface Request {
  readonly subject: string;
  readonly issuer: string;
  /** The public key that is certified, as SPKI. */
  readonly spki: Uint8Array;
  /** PEM of the key that signs, and its public half. */
  readonly signer: { readonly key: string; readonly spki: Uint8Array };
  readonly from: number;
  readonly until: number;
  readonly extensions: readonly Buffer[];
}

const certify = (request: Request): string => {
  const algorithm = der.sequence(der.objectId(OID.ecdsaWithSha256));
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x7f) | 0x40;
  const body = der.sequence(
    der.tagged(0, der.integer(Buffer.from([2]))),
    der.integer(serial),
    algorithm,
    nameOf(request.issuer),
    der.sequence(der.time(request.from), der.time(request.until)),
    nameOf(request.subject),
    request.spki,
    der.tagged(
      3,
      der.sequence(
        ...request.extensions,
        extension(OID.subjectKey, der.octets(keyIdOf(request.spki))),
        extension(OID.authorityKey, der.sequence(der.implicit(0, keyIdOf(request.signer.spki)))),
      ),
    ),
  );
  const signature = sign("sha256", body, request.signer.key);
  return pemOf("CERTIFICATE", der.sequence(body, algorithm, der.bits(signature)));
};

const newPair = (): { key: string; spki: Buffer } => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    spki: publicKey.export({ type: "spki", format: "der" }),
  };
};

const period = (now: number, days: number) => ({ from: now - CLOCK_SKEW_MS, until: now + days * DAY_MS });

/** A new certificate authority, good for nothing but signing servers' certificates. */
export const newAuthority = (now: number, name = "Clusterio cluster authority"): CertifiedKey => {
  const pair = newPair();
  const extensions = [
    extension(OID.basicConstraints, der.sequence(der.boolean(true), der.integer(Buffer.from([0]))), true),
    // keyCertSign and cRLSign: bits 5 and 6.
    extension(OID.keyUsage, der.bits(Buffer.from([0b0000_0110]), 1), true),
  ];
  const cert = certify({
    subject: name,
    issuer: name,
    spki: pair.spki,
    signer: pair,
    ...period(now, AUTHORITY_DAYS),
    extensions,
  });
  return { cert, key: pair.key };
};

/** The server's certificate for these names and addresses, signed by the authority. */
export const newServerCertificate = (authority: CertifiedKey, hosts: readonly string[], now: number): CertifiedKey => {
  const { subject, publicKey } = new X509Certificate(authority.cert);
  const pair = newPair();
  const names = hosts.map((host) =>
    isIP(host) === 0 ? der.implicit(2, Buffer.from(host)) : der.implicit(7, addressBytes(host)),
  );
  const extensions = [
    extension(OID.basicConstraints, der.sequence(), true),
    extension(OID.keyUsage, der.bits(Buffer.from([0b1000_0000]), 7), true),
    extension(OID.extendedKeyUsage, der.sequence(der.objectId(OID.serverAuth))),
    extension(OID.alternativeName, der.sequence(...names)),
  ];
  const cert = certify({
    subject: hosts[0] ?? "clusterio",
    issuer: subject.replace(/^CN=/, ""),
    spki: pair.spki,
    signer: { key: authority.key, spki: publicKey.export({ type: "spki", format: "der" }) },
    ...period(now, SERVER_DAYS),
    extensions,
  });
  return { cert, key: pair.key };
};

/** Four bytes of an IPv4 address, sixteen of an IPv6 one. */
const addressBytes = (address: string): Buffer => {
  if (isIP(address) === 4) return Buffer.from(address.split(".").map(Number));
  const [head = "", tail] = address.split("::");
  const words = (text: string) => (text === "" ? [] : text.split(":").map((word) => Number.parseInt(word, 16)));
  const [front, back] = [words(head), tail === undefined ? [] : words(tail)];
  const all = [...front, ...new Array<number>(8 - front.length - back.length).fill(0), ...back];
  return Buffer.from(all.flatMap((word) => [word >> 8, word & 0xff]));
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
