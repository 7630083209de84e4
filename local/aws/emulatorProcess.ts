/**
 * The process that the emulators live in: SQS and SNS (fauxqs) in its own event loop, DynamoDB (dynoxide) as its
 * child. It ends, and dynoxide with it, as soon as the process that started it does, however that one ended.
 */
import { startFauxqs } from 'fauxqs';
import { startDynoxide } from './dynoxide.ts';
import type { EmulatorReport, EmulatorRequest } from './emulatorMessages.ts';

const ending = new AbortController();

process.on('disconnect', end);
process.on('SIGTERM', end);
// Ctrl-C reaches every process of the terminal's group: the system decides when this one ends.
process.on('SIGINT', () => undefined);
process.once('message', (request: EmulatorRequest) => {
  start(request).then(report, (error: unknown) => {
    report({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  });
});

async function start(request: EmulatorRequest): Promise<EmulatorReport> {
  const dynoxide =
    request.dynoxide === undefined ? undefined : await startDynoxide(request.dynoxide, ending.signal);
  dynoxide?.ended.then(end);
  const fauxqs = request.fauxqs ? await startFauxqs({ port: 0, logger: false }) : undefined;
  return {
    type: 'ready',
    ...(dynoxide === undefined ? {} : { dynamodb: dynoxide.endpoint, dynoxidePid: dynoxide.pid }),
    ...(fauxqs === undefined ? {} : { fauxqs: fauxqs.address }),
  };
}

function report(message: EmulatorReport): void {
  process.send?.(message);
}

function end(): void {
  ending.abort();
  process.exit();
}
