import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { storedClaim } from './storedClaim.ts';

/** Claims by the name of the table that holds them. */
export type ClaimedTables = Readonly<Record<string, number>>;

/** A file of them takes a second to write. */
const claimsPerFile = 100_000;

/**
 * Writes tables of claims as DynamoDB exports tables to S3: a directory for each, with gzipped lines `{"Item": …}`.
 *
 * @returns the directory, and the file with the tables' schemas
 */
export function writeExport(
  directory: string,
  tables: ClaimedTables,
  progress: (line: string) => void,
): { readonly source: string; readonly schema: string } {
  const source = join(directory, 'export');
  for (const [table, claims] of Object.entries(tables)) {
    const data = join(source, table, 'data');
    mkdirSync(data, { recursive: true });
    for (let first = 0; first < claims; first += claimsPerFile) {
      const last = Math.min(first + claimsPerFile, claims);
      writeFileSync(join(data, `${first}.json.gz`), gzipSync(lines(first, last), { level: 1 }));
      progress(`${table}: ${last.toLocaleString('en')} of ${claims.toLocaleString('en')} claims written`);
    }
  }
  const schema = join(directory, 'schema.json');
  writeFileSync(schema, JSON.stringify(Object.keys(tables).map(tableSchema)));
  return { source, schema };
}

function lines(first: number, last: number): string {
  let text = '';
  for (let index = first; index < last; index += 1) {
    text += `${JSON.stringify({ Item: storedClaim(index) })}\n`;
  }
  return text;
}

/** As `DescribeTable` answers. */
function tableSchema(TableName: string): object {
  return {
    Table: {
      TableName,
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    },
  };
}
