import { randomUUID } from 'node:crypto';
import { accountId, region } from '../account/account.ts';

/**
 * The event that EventBridge sends when a rule's schedule is due, as JSON text.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html
 */
export function scheduledEvent(ruleArn: string, dueAtMs: number): string {
  return JSON.stringify({
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: accountId,
    time: `${new Date(dueAtMs).toISOString().slice(0, -'.000Z'.length)}Z`,
    region,
    resources: [ruleArn],
    detail: {},
  });
}
