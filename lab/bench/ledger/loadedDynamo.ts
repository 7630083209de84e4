import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { localCredentials, region } from '../../../local/account/account.ts';
import { type Dynoxide, findDynoxide, startDynoxide } from '../../../local/aws/dynoxide.ts';
import { LabError } from '../../labError.ts';
import { type ClaimedTables, writeExport } from './writeExport.ts';

const longestMs = 300_000;
const progressEveryMs = 10_000;

/**
 * Starts the emulator with tables full of claims. It imports them as an export, into memory: measured, a third of what
 * `BatchWriteItem` takes for the same.
 *
 * @param path the PATH to look for the emulator on
 * @throws LabError when it does not hold as many claims as it should
 */
export async function startLoadedDynamo(
  path: string,
  directory: string,
  tables: ClaimedTables,
  progress: (line: string) => void,
): Promise<Dynoxide> {
  const { source, schema } = writeExport(directory, tables, progress);
  const loading = startDynoxide(importingServer(findDynoxide(path), directory, source, schema));
  const dynamo = await inTime(loading, progress);
  try {
    await checkCounts(dynamo, tables);
    return dynamo;
  } catch (error) {
    await dynamo.stop();
    throw error;
  }
}

/** The emulator under another name, with the arguments that make it import before it listens. */
function importingServer(binary: string, directory: string, source: string, schema: string): string {
  const file = join(directory, 'importing-dynoxide.sh');
  const quoted = [binary, 'import', '--serve', '--source', source, '--schema', schema].map(
    (word) => `'${word.replaceAll("'", `'\\''`)}'`,
  );
  writeFileSync(file, `#!/bin/sh\nexec ${quoted.join(' ')} "$@"\n`, { mode: 0o755 });
  return file;
}

/** It says nothing until it listens. */
async function inTime(loading: Promise<Dynoxide>, progress: (line: string) => void): Promise<Dynoxide> {
  const startedAtMs = performance.now();
  const tellAndAbort = new AbortController();
  const tell = setInterval(() => progress('the emulator imports them'), progressEveryMs);
  const late = sleep(longestMs, undefined, { signal: tellAndAbort.signal }).then(() => {
    throw new LabError(`the emulator did not import the claims within ${longestMs / 1000} s`);
  });
  try {
    const dynamo = await Promise.race([loading, late]);
    progress(`imported in ${Math.round((performance.now() - startedAtMs) / 1000)} s`);
    return dynamo;
  } finally {
    clearInterval(tell);
    tellAndAbort.abort();
    late.catch(() => undefined);
  }
}

async function checkCounts({ endpoint }: Dynoxide, tables: ClaimedTables): Promise<void> {
  const client = new DynamoDBClient({ region, credentials: localCredentials, endpoint });
  try {
    for (const [TableName, claims] of Object.entries(tables)) {
      const { Table } = await client.send(new DescribeTableCommand({ TableName }));
      if (Table?.ItemCount !== claims) {
        throw new LabError(`${TableName} holds ${Table?.ItemCount} claims after the import, not ${claims}`);
      }
    }
  } finally {
    client.destroy();
  }
}
