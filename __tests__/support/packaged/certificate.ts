import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";

/** A certificate that signs itself, and its key; both PEM. */
export interface SelfSigned {
  readonly cert: string;
  readonly key: string;
}

const ECDSA_WITH_SHA256 = sequence(bytes(0x06, "2a8648ce3d040302"));
const COMMON_NAME = bytes(0x06, "550403");
const SUBJECT_ALT_NAME = bytes(0x06, "551d11");

/**
 * Makes a certificate for hosts that nobody vouches for: X.509 (RFC 5280) with nothing in it but what TLS
 * needs.
 */
export function selfSigned(...hosts: readonly [string, ...string[]]): SelfSigned {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const content = toBeSigned(hosts, publicKey);
  const signature = sign("sha256", content, privateKey);
  const certificate = sequence(content, ECDSA_WITH_SHA256, element(0x03, Buffer.of(0), signature));
  const base64 = certificate.toString("base64").replace(/.{64}/g, "$&\n");
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

function toBeSigned(hosts: readonly [string, ...string[]], publicKey: KeyObject): Buffer {
  const name = sequence(element(0x31, sequence(COMMON_NAME, element(0x0c, Buffer.from(hosts[0])))));
  const names = sequence(...hosts.map((host) => element(0x82, Buffer.from(host))));
  return sequence(
    element(0xa0, bytes(0x02, "02")), // version 3
    bytes(0x02, "01"), // serial number
    ECDSA_WITH_SHA256,
    name,
    sequence(...["20200101000000Z", "20991231235959Z"].map((time) => element(0x18, Buffer.from(time)))),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    element(0xa3, sequence(sequence(SUBJECT_ALT_NAME, element(0x04, names)))),
  );
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return element(0x30, ...parts);
}

function bytes(tag: number, hex: string): Buffer {
  return element(tag, Buffer.from(hex, "hex"));
}

/** Tag, length and content, as DER writes them. */
function element(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const length = content.length;
  const head =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...head), content]);
}
