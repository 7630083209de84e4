import { describe, expect, it } from 'vitest';
import { approvalNotice } from '../../../functions/results/approvalNotice.ts';
import { receivedAtMs, runMessage } from '../runMessages.ts';
import { segmentEvent, trackEvent } from '../segmentEvents.ts';

describe('the notice about a run that waits for approval', () => {
  it('names the run, what it is expected to cost, and until when a decision counts', () => {
    const message = runMessage({ route: 'eu', event: segmentEvent(trackEvent()) });
    expect(approvalNotice(message, 'createPersona', 300, receivedAtMs + 1_000)).toEqual({
      version: 1,
      runId: '0123456789'.repeat(4),
      trigger: 'plan-upgraded',
      action: 'createPersona',
      state: 'waiting',
      reason: 'approval',
      source: 'segment',
      route: 'eu',
      messageId: 'ajs-next-1700000000000-0a1b2c',
      userId: '97980cfea0067',
      estimatedCredits: 300,
      askedAt: '2026-01-02T03:04:07.000Z',
      deadlineAt: '2026-01-06T03:04:06.000Z',
    });
  });

  it('has no ids that the event lacks, and cuts long ones', () => {
    const plain = runMessage({ event: segmentEvent({ type: 'track' }), messageId: undefined });
    const notice = JSON.parse(JSON.stringify(approvalNotice(plain, 'askMave', 50, receivedAtMs)));
    expect(notice).not.toHaveProperty('messageId');
    expect(notice).not.toHaveProperty('userId');
    const long = runMessage({ messageId: 'm'.repeat(5_000) });
    expect(approvalNotice(long, 'askMave', 50, receivedAtMs).messageId?.length).toBeLessThan(1_100);
  });
});
