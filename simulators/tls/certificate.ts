import { generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';

/** A certificate for 127.0.0.1 with its private key. */
export interface Certificate {
  /** PEM. */
  readonly cert: string;
  readonly key: KeyObject;
}

/** The options of a certificate. */
export interface CertificateOptions {
  /** The name of its subject. */
  readonly name: string;
  /** Who signs it. @default itself */
  readonly issuer?: { readonly name: string; readonly key: KeyObject };
  /** Epoch milliseconds. @default in a year */
  readonly endsAtMs?: number;
  /** @default 'ec' */
  readonly keyType?: 'ec' | 'rsa';
}

const dayMs = 86_400_000;

/** Object identifiers in DER. */
const oid = {
  ecdsaWithSha256: Buffer.from('06082a8648ce3d040302', 'hex'),
  // With its parameter, which is always null.
  rsaWithSha256: Buffer.from('06092a864886f70d01010b0500', 'hex'),
  commonName: Buffer.from('0603550403', 'hex'),
  subjectAltName: Buffer.from('0603551d11', 'hex'),
  basicConstraints: Buffer.from('0603551d13', 'hex'),
};

/**
 * Makes a certificate for a server on the loopback interface: Node.js reads certificates but makes none.
 *
 * Source: RFC 5280, section 4.1; X.690 (DER).
 */
export function makeCertificate({ name, issuer, endsAtMs, keyType = 'ec' }: CertificateOptions): Certificate {
  const { publicKey, privateKey } =
    keyType === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signingKey = issuer?.key ?? privateKey;
  const lastMs = endsAtMs ?? Date.now() + 365 * dayMs;
  const algorithm = sequence(
    signingKey.asymmetricKeyType === 'rsa' ? oid.rsaWithSha256 : oid.ecdsaWithSha256,
  );
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    nameOf(issuer?.name ?? name),
    sequence(utcTime(Math.min(Date.now(), lastMs) - dayMs), utcTime(lastMs)),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(loopbackAddress(), canSign())),
  );
  const signature = sign('sha256', content, signingKey);
  const certificate = sequence(content, algorithm, der(0x03, Buffer.from([0]), signature));
  return { cert: new X509Certificate(certificate).toString(), key: privateKey };
}

function loopbackAddress(): Buffer {
  return sequence(oid.subjectAltName, der(0x04, sequence(der(0x87, Buffer.from([127, 0, 0, 1])))));
}

/** The extension that lets a certificate be its own authority. */
function canSign(): Buffer {
  const yes = der(0x01, Buffer.from([0xff]));
  return sequence(oid.basicConstraints, yes, der(0x04, sequence(yes)));
}

function nameOf(commonName: string): Buffer {
  return sequence(der(0x31, sequence(oid.commonName, der(0x0c, Buffer.from(commonName)))));
}

function utcTime(epochMs: number): Buffer {
  const digits = new Date(epochMs).toISOString().replaceAll(/\D/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts);
}

/** A value with its tag and its length; up to 65,535 bytes. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
