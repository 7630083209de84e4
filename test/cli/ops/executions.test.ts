import { describe, expect, it } from 'vitest';
import { describeExecutions } from '../../../cli/ops/status/describeExecutions.ts';

describe('the quota of concurrent executions', () => {
  it('is enough for the runners and ten receivers', () => {
    expect(describeExecutions({ quota: 20, unreserved: 20, runners: 10 })).toBe(
      'quota 20; the runners take up to 10, and the receiver needs 10',
    );
  });

  it('is too low below that, with the fix', () => {
    expect(describeExecutions({ quota: 19, unreserved: 19, runners: 10 })).toMatch(
      /^quota 19: TOO FEW, .* Raise the quota \(Service Quotas > AWS Lambda > Concurrent executions\)/,
    );
  });

  it('is shown with the part that no function has reserved', () => {
    expect(describeExecutions({ quota: 1_000, unreserved: 900, runners: 10 })).toMatch(
      /^quota 1,000, 900 of them not reserved; /,
    );
  });
});
