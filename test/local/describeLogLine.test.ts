import { describe, expect, it } from 'vitest';
import { describeLogLine } from '../../local/dev/describeLogLine.ts';
import { parseLogRecord } from '../../local/lambda/functionLog.ts';

function described(logged: unknown): string | undefined {
  const text = typeof logged === 'string' ? logged : JSON.stringify(logged);
  const record = parseLogRecord(text);
  const line = { functionName: 'fn', logicalId: 'Fn', pid: 1, stream: 'stdout', text } as const;
  return describeLogLine({ ...line, ...(record === undefined ? {} : { record }) }, 'runner');
}

describe('a log line for people', () => {
  it('shows a request with the counts that are not zero', () => {
    const counts = { received: 3, queued: 1, duplicates: 1, ignored: 1, invalid: 0, stale: 0 };
    const triggers = { 'plan-upgraded': { queued: 1, duplicates: 1 } };
    expect(described({ message: 'request', route: 'default', status: 200, ...counts, triggers })).toBe(
      'request  default  200  received 3, queued 1, duplicates 1, ignored 1  plan-upgraded ×1',
    );
  });

  it('names the source of a request that Segment did not send', () => {
    const request = { message: 'request', source: 'sendgrid', route: 'eu', status: 200, received: 1 };
    expect(described(request)).toBe('request  sendgrid/eu  200  received 1');
  });

  it('shows an outside call that is over, other than those to Mavera, and each refused one', () => {
    const call = { record: 'call', phase: 'ended', system: 'segops', message: 'Trigger t read members.' };
    expect(described(call)).toBe('call  Trigger t read members.');
    expect(described({ ...call, phase: 'begins' })).toBeUndefined();
    expect(described({ ...call, system: 'mavera' })).toBeUndefined();
    expect(described({ ...call, system: 'mavera', phase: 'refused' })).toBe('call  Trigger t read members.');
  });

  it('shows what a pull says', () => {
    const message = 'Pull weekly (segmentAudiences) is done: 12 items, 3 runs.';
    expect(described({ record: 'pull', what: 'ended', message })).toBe(`pull  ${message}`);
  });

  it('shows why a request was refused', () => {
    expect(described({ message: 'request', status: 401, detail: 'No signature' })).toBe(
      'request  -  401  No signature',
    );
  });

  it('shows a run with its outcome', () => {
    const run = { message: 'run', runId: '0123456789abcdef', trigger: 'churn-signal' };
    expect(described({ ...run, outcome: 'done', creditsUsed: 20 })).toBe(
      'run  01234567  churn-signal  done  20 credits',
    );
    expect(described({ ...run, outcome: 'waiting', reason: 'pace', waitMs: 1500 })).toBe(
      'run  01234567  churn-signal  waiting  pace  for 1.5 s',
    );
  });

  it('shows that a run is parked', () => {
    const run = { message: 'run', runId: '0123456789abcdef', trigger: 'churn-signal' };
    expect(described({ ...run, outcome: 'waiting', reason: 'budget_spent', parkedIn: 'churn-signal' })).toBe(
      'run  01234567  churn-signal  waiting  budget_spent  parked',
    );
  });

  it('shows a pass of the dispatcher, if there was anything to do', () => {
    const pass = { message: 'dispatch', outcome: 'done', sentWithSlot: 0, sentWithoutSlot: 0, lanes: [] };
    expect(described(pass)).toBeUndefined();
    expect(described({ message: 'dispatch', outcome: 'busy' })).toBeUndefined();
    const lanes = [
      { lane: 'churn-signal', reason: 'budget_spent', count: 38 },
      { lane: 'vip-left', count: 2 },
      { lane: 'trial-started', count: 0 },
    ];
    expect(described({ ...pass, sentWithSlot: 12, sentWithoutSlot: 3, lanes })).toBe(
      'dispatch  sent 12 with a slot, 3 without  parked churn-signal ×38 (budget_spent), vip-left ×2',
    );
    expect(described({ ...pass, lanes })).toBe(
      'dispatch  parked churn-signal ×38 (budget_spent), vip-left ×2',
    );
  });

  it('shows warnings and errors with the function that wrote them', () => {
    expect(described({ level: 'WARN', message: 'Ledger down', error: { message: 'timeout' } })).toBe(
      'runner  WARN  Ledger down  (timeout)',
    );
  });

  it('shows a line that is not JSON unchanged', () => {
    expect(described('Error: out of memory')).toBe('runner  Error: out of memory');
  });

  it('leaves out metrics and other records', () => {
    expect(described({ _aws: {}, RunsDone: 1 })).toBeUndefined();
    expect(described({ level: 'INFO', message: 'refreshed the secret' })).toBeUndefined();
  });
});
