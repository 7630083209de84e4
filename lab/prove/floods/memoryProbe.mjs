/**
 * Preloaded into every environment of this proof. On SIGUSR2 it collects all garbage and logs the memory that is still in
 * use. V8 collects when it likes, so the resident set alone cannot tell a leak from garbage. This is plain JavaScript
 * because the environments' bootstrap is.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

process.on('SIGUSR2', () => {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  setFlagsFromString('--no-expose-gc');
  const { heapUsed, external } = process.memoryUsage();
  process.stdout.write(`${JSON.stringify({ message: 'live memory', liveBytes: heapUsed + external })}\n`);
});
