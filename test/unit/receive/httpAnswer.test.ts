import { describe, expect, it } from 'vitest';
import { acceptedAnswer, refusalAnswer } from '../../../functions/receive/httpAnswer.ts';

const counts = { received: 6, queued: 1, duplicates: 2, ignored: 2, invalid: 1, stale: 0 };

describe('the answer to an accepted request', () => {
  it('is 200 with the counts of events', () => {
    expect(acceptedAnswer(counts)).toEqual({
      statusCode: 200,
      headers: { 'content-type': 'application/json' },
      body: '{"received":6,"queued":1,"duplicates":2,"ignored":2,"invalid":1}',
    });
  });

  it('names stale events when there are any', () => {
    expect(JSON.parse(acceptedAnswer({ ...counts, stale: 3 }).body)).toEqual({ ...counts, stale: 3 });
  });
});

describe('the answer to a refused request', () => {
  it('is its status with one sentence', () => {
    expect(refusalAnswer(401, 'Not "signed"')).toEqual({
      statusCode: 401,
      headers: { 'content-type': 'application/json' },
      body: '{"detail":"Not \\"signed\\""}',
    });
  });

  it('may have headers of its own', () => {
    expect(refusalAnswer(405, 'Use POST', { allow: 'POST' }).headers).toEqual({
      'content-type': 'application/json',
      allow: 'POST',
    });
  });
});
