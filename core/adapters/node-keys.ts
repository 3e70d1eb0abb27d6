import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { fromPublic, fromSeed, type KeyPair } from "@nats-io/nkeys";
import { badInput } from "#core/errors";

/**
 * NATS keys (Ed25519, written as base32 of prefix, key and CRC-16) on the machine's own cryptography. The library's, in
 * plain JavaScript, takes a hundred times as long (6 ms a signature, 60 ms under jest); it still checks what is read.
 */
const PREFIXES = { operator: 14 << 3, account: 0, user: 20 << 3 } as const;
export type KeyKind = keyof typeof PREFIXES;
const SEED_PREFIX = 18 << 3;

const PKCS8_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");
const SPKI_ED25519 = Buffer.from("302a300506032b6570032100", "hex");
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export const newKey = (kind: KeyKind): KeyPair => {
  const { d } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  return keyOfBytes(kind, Buffer.from(d ?? "", "base64url"));
};

/** The key of this kind that a secret and a name come to: always the same one, and none of another name tells it. */
export const derivedKey = (kind: KeyKind, secret: string, name: string): KeyPair =>
  keyOfBytes(kind, createHmac("sha256", secret).update(name).digest());

const keyOfBytes = (kind: KeyKind, secret: Uint8Array): KeyPair => {
  const prefix = PREFIXES[kind];
  return keyOf(encode(Buffer.concat([Buffer.from([SEED_PREFIX | (prefix >> 5), (prefix & 31) << 3]), secret])));
};

/** @throws ClusterioError `bad-input` when the text is not a seed. */
export const keyOf = (seed: string): KeyPair => {
  try {
    fromSeed(new TextEncoder().encode(seed));
  } catch (error) {
    throw badInput("a key is damaged: it is not the seed of an nkey", error);
  }
  return new NativeKey(seed);
};

/** Whether the key with this public text signed these bytes. */
export const isSignedBy = (publicKey: string, bytes: Uint8Array, signature: Uint8Array): boolean => {
  try {
    fromPublic(publicKey);
  } catch (error) {
    throw badInput(`"${publicKey.slice(0, 80)}" is not a public nkey`, error);
  }
  const der = Buffer.concat([SPKI_ED25519, decode(publicKey).subarray(1, 33)]);
  return verify(null, bytes, createPublicKey({ key: der, format: "der", type: "spki" }), signature);
};

class NativeKey implements KeyPair {
  readonly #key: KeyObject;
  readonly #publicKey: string;

  constructor(private readonly seed: string) {
    const raw = decode(seed);
    // The seed's second byte holds the last five bits of the kind; its first, the upper three.
    const kind = ((raw[0]! & 7) << 5) | (raw[1]! >> 3);
    const der = Buffer.concat([PKCS8_ED25519, raw.subarray(2, 34)]);
    this.#key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
    const { x } = createPublicKey(this.#key).export({ format: "jwk" });
    this.#publicKey = encode(Buffer.concat([Buffer.from([kind]), Buffer.from(x ?? "", "base64url")]));
  }

  getPublicKey(): string {
    return this.#publicKey;
  }

  /** Asked for only to see that there is one. */
  getPrivateKey(): Uint8Array {
    return this.getSeed();
  }

  getSeed(): Uint8Array {
    return new TextEncoder().encode(this.seed);
  }

  sign(input: Uint8Array): Uint8Array {
    return new Uint8Array(sign(null, input, this.#key));
  }

  verify(input: Uint8Array, signature: Uint8Array): boolean {
    return isSignedBy(this.#publicKey, input, signature);
  }

  clear(): void {}

  seal(): Uint8Array {
    throw new Error("a signing key does not seal");
  }

  open(): Uint8Array | null {
    throw new Error("a signing key does not open");
  }
}

/** Base32 of the bytes and their CRC-16 (XMODEM), lowest byte first. */
const encode = (bytes: Uint8Array): string => {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  let text = "";
  let bits = 0;
  let value = 0;
  for (const byte of [...bytes, crc & 0xff, crc >> 8]) {
    value = ((value << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32[(value >> (bits - 5)) & 31];
  }
  return bits > 0 ? text + BASE32[(value << (5 - bits)) & 31] : text;
};

const decode = (text: string): Buffer => {
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const character of text) {
    value = ((value << 5) | BASE32.indexOf(character)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((value >> bits) & 0xff);
  }
  return Buffer.from(bytes);
};
