/** The number of points of P-256: for each valid (r, s), (r, n − s) is valid too. */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The other valid signature of the same text: DER, as base64. */
export function otherSignature(signature: string): string {
  const der = Buffer.from(signature, 'base64');
  const rLength = der[3] ?? 0;
  const sLength = der[5 + rLength] ?? 0;
  const r = der.subarray(2, 4 + rLength);
  const s = BigInt(`0x${der.subarray(6 + rLength, 6 + rLength + sLength).toString('hex')}`);
  const digits = (order - s).toString(16).padStart(64, '0');
  const isNegative = Number.parseInt(digits.slice(0, 2), 16) >= 0x80;
  const bytes = minimal(Buffer.from(isNegative ? `00${digits}` : digits, 'hex'));
  const content = Buffer.concat([r, Buffer.from([0x02, bytes.length]), bytes]);
  return Buffer.concat([Buffer.from([0x30, content.length]), content]).toString('base64');
}

/** DER has no leading zero bytes, except one that keeps a number positive. */
function minimal(bytes: Buffer): Buffer {
  return bytes[0] === 0 && (bytes[1] ?? 0x80) < 0x80 ? minimal(bytes.subarray(1)) : bytes;
}
