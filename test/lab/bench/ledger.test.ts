import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { claimKey, messageKey } from '../../../functions/ledger/keys.ts';
import { parseSegmentEvent } from '../../../functions/sources/segment/event.ts';
import { claimedMessageId, storedClaim } from '../../../lab/bench/ledger/storedClaim.ts';
import { writeExport } from '../../../lab/bench/ledger/writeExport.ts';
import { segmentEvent } from '../../../lab/bench/load/segmentEvent.ts';

const directory = mkdtempSync(join(tmpdir(), 'bench-ledger-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the claims that fill a ledger', () => {
  it('stored claims belong to the events with their numbers', () => {
    const element = segmentEvent('wanted', claimedMessageId(7));
    const parsed = parseSegmentEvent(element);
    const messageId = parsed.ok ? parsed.event.messageId : undefined;
    const identity = { source: 'segment', route: 'default', messageId, element } as const;
    expect(storedClaim(7).pk).toEqual({ S: claimKey(identity, messageKey(identity)) });
    expect(storedClaim(7).pk).not.toEqual(storedClaim(8).pk);
  });

  it('stored claims are exported by table, each once', () => {
    const lines: string[] = [];
    const tables = { 'bench-few': 3, 'bench-many': 100_002 };
    const { source, schema } = writeExport(directory, tables, (line) => lines.push(line));
    for (const [table, claims] of Object.entries(tables)) {
      const data = join(source, table, 'data');
      const items = readdirSync(data).flatMap((file) =>
        gunzipSync(readFileSync(join(data, file)))
          .toString('utf8')
          .trimEnd()
          .split('\n'),
      );
      expect(items).toHaveLength(claims);
      expect(new Set(items).size).toBe(claims);
      expect(JSON.parse(items[0] ?? '')).toEqual({ Item: storedClaim(0) });
    }
    const schemas = JSON.parse(readFileSync(schema, 'utf8')) as { Table: { TableName: string } }[];
    expect(schemas.map(({ Table }) => Table.TableName)).toEqual(Object.keys(tables));
    expect(lines.at(-1)).toBe('bench-many: 100,002 of 100,002 claims written');
  });
});
