/** Loads the bundle that its argument names and invokes its handler as ordered, until the bench ends it. */
import { AwsCalls } from './awsCalls.ts';
import { invokeAll, type Meters } from './invokeAll.ts';
import { loadHandler } from './loadHandler.ts';
import { LogBytes } from './logBytes.ts';
import { failure, type InvokeOrder, type ProcessReport } from './messages.ts';

process.on('disconnect', () => process.exit());
// Ctrl-C reaches every process of the terminal's group, but the bench ends this one.
process.on('SIGINT', () => undefined);

const meters: Meters = { calls: new AwsCalls(), log: new LogBytes() };

try {
  const { handler, importMs } = await loadHandler(process.argv[2] ?? '');
  process.on('message', (order: InvokeOrder) => {
    invokeAll(handler, order, meters).then(
      (invocations) => report({ type: 'done', invocations }),
      (error: unknown) => report(failure(error)),
    );
  });
  report({ type: 'loaded', importMs });
} catch (error) {
  report(failure(error));
}

function report(message: ProcessReport): void {
  process.send?.(message);
}
