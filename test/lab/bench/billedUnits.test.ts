import { describe, expect, it } from 'vitest';
import { billedUnits } from '../../../lab/bench/process/billedUnits.ts';

const body = (value: object): Uint8Array => Buffer.from(JSON.stringify(value));
const statements = (...texts: readonly string[]): Uint8Array =>
  body({ Statements: texts.map((Statement) => ({ Statement })) });

describe('what AWS bills for a call', () => {
  it.each(['PutItem', 'UpdateItem', 'DeleteItem'])('AWS bills one write for %s', (operation) => {
    expect(billedUnits(operation, body({}))).toEqual({ writeUnits: 1, queueRequests: 0 });
  });

  it('AWS bills one write for each statement of a batch', () => {
    const batch = statements('INSERT INTO "t" VALUE {}', 'UPDATE "t" SET "a"=?', 'DELETE FROM "t"');
    expect(billedUnits('BatchExecuteStatement', batch)).toEqual({ writeUnits: 3, queueRequests: 0 });
  });

  it.each([
    [0, 1],
    [65_536, 1],
    [65_537, 2],
    [1_048_576, 16],
  ])('AWS bills a request for each 64 KiB sent to SQS: %d bytes are %d', (bytes, queueRequests) => {
    const sent = new Uint8Array(bytes);
    expect(billedUnits('SendMessageBatch', sent)).toEqual({ writeUnits: 0, queueRequests });
    expect(billedUnits('SendMessage', sent)).toEqual({ writeUnits: 0, queueRequests });
  });

  it('AWS bills nothing for the secret', () => {
    expect(billedUnits('GetSecretValue', body({}))).toEqual({ writeUnits: 0, queueRequests: 0 });
  });

  it('an unknown call is an error, not a guess', () => {
    expect(() => billedUnits('Scan', body({}))).toThrow('Scan has no price');
    expect(() => billedUnits('BatchExecuteStatement', statements('SELECT * FROM "t"'))).toThrow('no price');
  });
});
