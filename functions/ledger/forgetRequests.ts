import { createHash } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { number, text } from './updateExpression.ts';

/** The value of `day` of all requests: the index `RunsByDay` finds them, and no day of runs is called so. */
export const forgetRequestsDay = 'forget';

/** The item that asks to forget a user. It has no `expiresAt`: it stays until an operator has worked it off. */
export function forgetRequest(userId: string, nowMs: number): Readonly<Record<string, AttributeValue>> {
  const digest = createHash('sha256').update(userId).digest('hex').slice(0, 40);
  return {
    pk: text(`forget#${digest}`),
    day: text(forgetRequestsDay),
    receivedAtMs: number(nowMs),
    userId: text(userId),
  };
}
