import { describe, expect, it } from 'vitest';
import { describeSystemCall } from '../../../lab/prove/crashes/describeCall.ts';
import type { ProxiedCall } from '../../../lab/prove/proxy/faultProxy.ts';

function call(method: string, path: string, body = ''): ProxiedCall {
  return { method, path, body, headers: {}, callerPort: 1, connection: {} };
}

describe('a call to an outside system', () => {
  it.each([
    [
      'profiles',
      call('GET', '/v1/spaces/spa_1/collections/users/profiles/user_id%3Avisitor-7/traits?limit=100'),
      'profiles GET /traits',
      ['visitor-7'],
    ],
    ['segment', call('GET', '/sources?pagination.count=200'), 'segment GET /sources', []],
    [
      'segops',
      call('GET', '/api/segments/membership/?user_id=visitor-7'),
      'segops GET /segments/membership/',
      ['visitor-7'],
    ],
    [
      'segops',
      call('GET', '/api/segments/12/members/?limit=2'),
      'segops GET /segments/{id}/members/',
      ['visitor-12'],
    ],
    [
      'segops',
      call('POST', '/api/ingestion/track/batch/', `{"payload":{"run_id":"${'a'.repeat(40)}"}}`),
      'segops POST /ingestion/track/batch/',
      ['a'.repeat(40)],
    ],
  ] as const)('of %s is named without its ids, and its case is known by them', (system, made, name, ids) => {
    expect(describeSystemCall(system, made)).toMatchObject({ name, identities: ids });
  });
});
