import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { text } from './updateExpression.ts';

/** Key of a run's record. */
export function runKey(runId: string): { readonly pk: AttributeValue } {
  return { pk: text(`run#${runId}`) };
}

/** Key of what people look at of a run. */
export function detailsKey(runId: string): { readonly pk: AttributeValue } {
  return { pk: text(`details#${runId}`) };
}
