/**
 * The process of the emulators: SQS and SNS (fauxqs) in its own event loop, DynamoDB (dynoxide) as its child. It ends
 * with the process that started it, even when that one is killed, and dynoxide ends with it.
 */
import { startFauxqs } from 'fauxqs';
import { type Dynoxide, startDynoxide } from './dynoxide.ts';
import type { EmulatorReport, EmulatorRequest } from './emulatorMessages.ts';

let dynoxide: Dynoxide | undefined;

process.on('disconnect', () => process.exit());
process.on('SIGTERM', async () => {
  await dynoxide?.stop();
  process.exit();
});
// Ctrl-C reaches every process of the terminal's group; the system ends this one last.
process.on('SIGINT', () => undefined);
process.once('message', (request: EmulatorRequest) => {
  start(request).then(report, (error: unknown) => {
    report({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  });
});

async function start(request: EmulatorRequest): Promise<EmulatorReport> {
  if (request.dynoxide !== undefined) {
    dynoxide = await startDynoxide(request.dynoxide);
    dynoxide.ended.then(() => process.exit());
  }
  const fauxqs = request.fauxqs ? await startFauxqs({ port: 0, logger: false }) : undefined;
  return {
    type: 'ready',
    ...(dynoxide === undefined ? {} : { dynamodb: dynoxide.endpoint }),
    ...(fauxqs === undefined ? {} : { fauxqs: fauxqs.address }),
  };
}

function report(message: EmulatorReport): void {
  process.send?.(message);
}
