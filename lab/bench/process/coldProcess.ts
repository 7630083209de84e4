/** Loads the bundle that its argument names, answers one event with it, reports how long that took, and ends. */
import { readFileSync } from 'node:fs';
import { lambdaContext } from './lambdaContext.ts';
import { loadHandler } from './loadHandler.ts';
import { failure, type ProcessReport } from './messages.ts';

/** The first answer of a process. */
export interface FirstAnswer {
  readonly type: 'answered';
  readonly statusCode: number;
  readonly body: string;
  /** From the start of the process to that of the import. */
  readonly nodeStartMs: number;
  readonly importMs: number;
  /** From the start of the import to the answer. */
  readonly answeredMs: number;
}

export type ColdProcessReport = FirstAnswer | Extract<ProcessReport, { readonly type: 'failed' }>;

const [bundleFile = '', eventFile = ''] = process.argv.slice(2);

/**
 * The AWS SDK imports `node:http` for an endpoint without TLS. An import reads all exports of a module, and these three load
 * Node's HTTP client `undici`: 40 ms, on both sides, that nobody waits for on AWS.
 */
const http: object = process.getBuiltinModule('node:http');
for (const name of ['WebSocket', 'CloseEvent', 'MessageEvent']) {
  Reflect.deleteProperty(http, name);
}

const report: ColdProcessReport = await firstAnswer().catch(failure);
process.send?.(report, () => process.exit());

async function firstAnswer(): Promise<FirstAnswer> {
  const event: unknown = JSON.parse(readFileSync(eventFile, 'utf8'));
  const nodeStartMs = performance.now();
  const { handler, importMs } = await loadHandler(bundleFile);
  const { statusCode, body } = await handler(event, lambdaContext('first'));
  const answeredMs = performance.now() - nodeStartMs;
  return { type: 'answered', statusCode, body, nodeStartMs, importMs, answeredMs };
}
