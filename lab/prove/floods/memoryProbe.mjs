/**
 * Preloaded into every environment of this proof, and idle until SIGUSR2: it then collects all garbage and writes what
 * is still needed as a line of the log. V8 collects when it sees fit, so that the resident set alone cannot tell a leak
 * from garbage. Plain JavaScript, as the environments' bootstrap is.
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
