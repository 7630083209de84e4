/**
 * The process of the emulators: SQS and SNS (fauxqs) in its own event loop, DynamoDB (dynoxide) as its child. It ends
 * with the process that started it, even when that one is killed, and dynoxide ends with it.
 */
import { LocalSystemError } from '../localSystemError.ts';
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
  const fauxqs = request.fauxqs ? await startQueues() : undefined;
  return {
    type: 'ready',
    ...(dynoxide === undefined ? {} : { dynamodb: dynoxide.endpoint }),
    ...(fauxqs === undefined ? {} : { fauxqs: fauxqs.address }),
  };
}

/** @throws {LocalSystemError} when it is not installed: npm leaves it out with `--omit=optional`, or under an old Node.js. */
async function startQueues(): Promise<{ readonly address: string }> {
  try {
    const { startFauxqs } = await import('fauxqs');
    return await startFauxqs({ port: 0, logger: false });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') {
      throw new LocalSystemError(
        'the emulator of SQS and SNS is not installed: npm install --save-dev fauxqs (it needs Node.js 22.5 or later)',
      );
    }
    throw error;
  }
}

function report(message: EmulatorReport): void {
  process.send?.(message);
}
