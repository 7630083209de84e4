import { createHash } from 'node:crypto';
import { createWriteStream, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { seededRandom } from '../../../simulators/mavera/seededRandom.ts';
import { reservedColumns } from '../../../simulators/sendgrid/marketing/contact.ts';

/** The columns of an export as SendGrid writes them, and custom fields behind them. */
const columns = [
  ...reservedColumns,
  'plan',
  'ltv',
  'days_since_order',
  'score',
  'reference',
  'other_reference',
] as const;

const plans = ['free', 'starter', 'pro', 'team'] as const;
const countries = ['US', 'DE', 'GB', 'FR', 'BR', 'JP', 'CA'] as const;
const rowsAtOnce = 1_000;

/**
 * Writes an export of contacts, compressed as SendGrid does it. The same rows each time: about 350 bytes each, of which 150 are
 * left when they are compressed.
 *
 * @returns the size of the file in bytes
 */
export async function writeContacts(file: string, rows: number): Promise<number> {
  const gzip = createGzip({ level: constants.Z_BEST_SPEED });
  await pipeline(Readable.from(contacts(rows)), gzip, createWriteStream(file));
  return statSync(file).size;
}

function* contacts(rows: number): Generator<string> {
  yield `${columns.map((name) => `"${name}"`).join(',')}\n`;
  const random = seededRandom(1);
  for (let first = 0; first < rows; first += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, rows - first);
    yield Array.from({ length: count }, (_, index) => contact(first + index, random)).join('');
  }
}

/** All values are quoted, empty ones are bare. */
function contact(index: number, random: () => number): string {
  const id = createHash('sha256').update(`contact ${index}`).digest('hex');
  const one = <Value>(values: readonly Value[]): Value | undefined =>
    values[Math.floor(random() * values.length)];
  const values = [
    `person-${id.slice(0, 12)}@example.com`,
    `First ${id.slice(12, 16)}`,
    `Last, "${id.slice(16, 22)}"`,
    `${Math.floor(random() * 900)} Main Street`,
    '',
    `City ${id.slice(22, 24)}`,
    '',
    String(10_000 + Math.floor(random() * 89_999)),
    one(countries),
    '',
    `+1555${Math.floor(random() * 9_999_999)}`,
    '',
    '',
    '',
    id.slice(24, 36),
    '2025-03-01T12:00:00Z',
    '2026-11-01T12:00:00Z',
    `${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20, 32)}`,
    one(plans),
    (random() * 5_000).toFixed(2),
    String(Math.floor(random() * 400)),
    (random() * 100).toFixed(1),
    createHash('sha256').update(`reference ${index}`).digest('base64'),
    createHash('sha256').update(`other ${index}`).digest('base64'),
  ];
  return `${values.map((value) => (value === '' ? '' : `"${String(value).replaceAll('"', '""')}"`)).join(',')}\n`;
}
