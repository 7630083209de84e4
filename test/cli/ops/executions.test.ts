import { describe, expect, it } from 'vitest';
import { describeExecutions } from '../../../cli/ops/status/describeExecutions.ts';

describe('the quota of concurrent executions', () => {
  it('is enough for runners, admission, two dispatchers and ten receivers', () => {
    expect(describeExecutions({ quota: 45, unreserved: 45, runners: 23, admissions: 10 })).toBe(
      'quota 45; the runners take up to 23, admission 10, the dispatcher 2, and the receiver needs 10',
    );
  });

  it('is too low below that, with the fix', () => {
    expect(describeExecutions({ quota: 44, unreserved: 44, runners: 23, admissions: 10 })).toMatch(
      /^quota 44: TOO FEW, .* Raise the quota \(Service Quotas > AWS Lambda > Concurrent executions\)/,
    );
  });

  it('is shown with the part that no function has reserved', () => {
    expect(describeExecutions({ quota: 1_000, unreserved: 900, runners: 23, admissions: 10 })).toMatch(
      /^quota 1,000, 900 of them not reserved; /,
    );
  });
});
