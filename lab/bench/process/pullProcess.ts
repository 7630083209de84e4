/** Loads the puller's bundle, which its argument names, and delivers messages to it as ordered, until the bench ends it. */
import { ownPeakBytes } from '../../memory/processMemory.ts';
import { loadHandler } from './loadHandler.ts';
import { failure, type ProcessReport } from './messages.ts';

/** The order to deliver a message of the puller's queue. */
export interface DeliverOrder {
  readonly body: string;
  readonly queueArn: string;
  readonly timeoutMs: number;
}

/** What came of a delivery. */
export type PullProcessReport =
  | Exclude<ProcessReport, { readonly type: 'done' }>
  | {
      readonly type: 'delivered';
      /** Whether the message is done with. */
      readonly isDone: boolean;
      readonly wallMs: number;
      /** The largest resident set that the process ever had. */
      readonly peakRssBytes: number;
    };

process.on('disconnect', () => process.exit());
// Ctrl-C reaches every process of the terminal's group, but the bench ends this one.
process.on('SIGINT', () => undefined);

try {
  const { handler, importMs } = await loadHandler(process.argv[2] ?? '');
  process.on('message', (order: DeliverOrder) => {
    deliver(handler, order).then(report, (error: unknown) => report(failure(error)));
  });
  report({ type: 'loaded', importMs });
} catch (error) {
  report(failure(error));
}

async function deliver(
  handler: (event: unknown, context: object) => Promise<unknown>,
  { body, queueArn, timeoutMs }: DeliverOrder,
): Promise<PullProcessReport> {
  const startedAtMs = performance.now();
  const sentAtMs = String(Date.now());
  const record = {
    messageId: 'message',
    body,
    eventSourceARN: queueArn,
    attributes: {
      ApproximateReceiveCount: '1',
      ApproximateFirstReceiveTimestamp: sentAtMs,
      SentTimestamp: sentAtMs,
    },
    messageAttributes: {},
  };
  const result = (await handler(
    { Records: [record] },
    {
      awsRequestId: 'request',
      getRemainingTimeInMillis: () => timeoutMs - (performance.now() - startedAtMs),
    },
  )) as { readonly batchItemFailures: readonly unknown[] };
  return {
    type: 'delivered',
    isDone: result.batchItemFailures.length === 0,
    wallMs: performance.now() - startedAtMs,
    peakRssBytes: ownPeakBytes(),
  };
}

function report(message: PullProcessReport): void {
  process.send?.(message);
}
