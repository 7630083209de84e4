import { describe, expect, it } from 'vitest';
import { describeExecutions } from '../../../cli/ops/status/describeExecutions.ts';

describe('the quota of concurrent executions', () => {
  it('is enough for runners, admission, two dispatchers and ten receivers', () => {
    expect(describeExecutions({ quota: 45, unreserved: 45, runners: 23, admissions: 10, pullers: 0 })).toBe(
      'quota 45; the runners take up to 23, admission 10, the dispatcher 2, and the receiver needs 10',
    );
  });

  it('is too low below that, with the fix', () => {
    expect(
      describeExecutions({ quota: 44, unreserved: 44, runners: 23, admissions: 10, pullers: 0 }),
    ).toMatch(
      /^quota 44: TOO FEW, .* Raise the quota \(Service Quotas > AWS Lambda > Concurrent executions\)/,
    );
  });

  it('has to be enough for the steps of pulls too, if a trigger pulls', () => {
    const executions = { quota: 45, unreserved: 45, runners: 23, admissions: 10, pullers: 5 };
    expect(describeExecutions(executions)).toMatch(
      /^quota 45: TOO FEW, the runners take up to 23, admission 10, pulls 5, the dispatcher 2, and the receiver needs 10\./,
    );
    expect(describeExecutions({ ...executions, quota: 50 })).not.toContain('TOO FEW');
  });

  it('is shown with the part that no function has reserved', () => {
    expect(
      describeExecutions({ quota: 1_000, unreserved: 900, runners: 23, admissions: 10, pullers: 0 }),
    ).toMatch(/^quota 1,000, 900 of them not reserved; /);
  });
});
