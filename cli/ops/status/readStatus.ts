import { GetQueueAttributesCommand, type QueueAttributeName } from '@aws-sdk/client-sqs';
import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import { heldUntilMs, paceKey } from '../../../functions/ledger/pace.ts';
import {
  type BreakerState,
  breakerKey,
  operatorSettingsKey,
  readBreaker,
  readOperatorSettings,
  readUsage,
  usageKey,
} from '../../../functions/ledger/sharedState.ts';
import { readBudgets } from '../budgets/readBudgets.ts';
import type { Deployment, Ledger } from '../deployment/deployment.ts';
import { visitRuns } from '../ledger/queryRuns.ts';
import { recentMs } from '../ledger/triggerNames.ts';
import { readPulls } from '../pulls/readPulls.ts';
import { readParking } from './readParking.ts';
import { RunSurvey } from './runSurvey.ts';
import type { BreakerStatus, RunQueueStatus, Status } from './status.ts';

/** Reads the state of a system. The queue's counts and the index may be some seconds old. */
export async function readStatus(deployment: Deployment, nowMs: number): Promise<Status> {
  const { runQueueUrl, bulkQueueUrl, readyQueueUrl, deadLetterQueueUrl, dynamodb, tableName } = deployment;
  const { pulls } = deployment;
  const [runQueue, deadLetterQueue, bulkQueue, readyQueue, pullLetters, parking, items, survey, executions] =
    await Promise.all([
      countMessages(deployment, runQueueUrl),
      countMessages(deployment, deadLetterQueueUrl),
      bulkQueueUrl === undefined ? undefined : countMessages(deployment, bulkQueueUrl),
      readyQueueUrl === undefined ? undefined : countMessages(deployment, readyQueueUrl),
      pulls === undefined ? undefined : countMessages(deployment, pulls.deadLetterQueueUrl),
      readParking(deployment, nowMs),
      new LedgerTable(dynamodb, tableName).read([paceKey, breakerKey, usageKey, operatorSettingsKey]),
      surveyRuns(deployment, nowMs),
      deployment.readExecutions?.(),
    ]);
  const operator = readOperatorSettings(items.get(operatorSettingsKey));
  const pace = items.get(paceKey);
  return {
    deployment: deployment.title,
    atMs: nowMs,
    runQueue,
    bulkQueue,
    readyQueue,
    deadLetters: allMessages(deadLetterQueue),
    pulls: pulls === undefined ? undefined : await readPulls(deployment, nowMs),
    pullDeadLetters: pullLetters === undefined ? undefined : allMessages(pullLetters),
    parking,
    oldestOpenRun: survey.oldestOpen,
    pace: { nextSlotAtMs: Number(pace?.nextSlotAtMs?.N ?? 0), heldUntilMs: heldUntilMs(pace) },
    breaker: breakerStatus(readBreaker(items.get(breakerKey)), nowMs),
    account: readUsage(items.get(usageKey)),
    executions,
    pausedSinceMs: Object.fromEntries(operator.pausedSinceMs),
    budgets: await readBudgets(deployment, survey.triggers, operator, nowMs),
    lastHour: survey.lastHour(),
  };
}

function allMessages({ visible, inFlight, delayed }: RunQueueStatus): number {
  return visible + inFlight + delayed;
}

/** What the breaker's item means at a certain time. */
export function breakerStatus(breaker: BreakerState, nowMs: number): BreakerStatus {
  const { failures, openUntilMs, reason, probe, probeUntilMs } = breaker;
  if (openUntilMs === 0) {
    return { state: 'closed', failures };
  }
  if (openUntilMs > nowMs) {
    return { state: 'open', failures, openUntilMs, reason };
  }
  return probeUntilMs > nowMs
    ? { state: 'probing', failures, reason, probe }
    : { state: 'due', failures, reason };
}

async function surveyRuns(ledger: Ledger, nowMs: number): Promise<RunSurvey> {
  const survey = new RunSurvey(nowMs);
  await visitRuns(ledger, { sinceMs: nowMs - recentMs }, nowMs, (run) => survey.add(run));
  return survey;
}

const counts: readonly QueueAttributeName[] = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesDelayed',
  'ApproximateNumberOfMessagesNotVisible',
];

async function countMessages({ sqs }: Pick<Deployment, 'sqs'>, queueUrl: string): Promise<RunQueueStatus> {
  const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...counts] });
  const { Attributes = {} } = await sqs.send(command);
  const [visible = 0, delayed = 0, inFlight = 0] = counts.map((name) => Number(Attributes[name] ?? 0));
  return { visible, delayed, inFlight };
}
