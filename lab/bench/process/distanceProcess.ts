/**
 * Stands in front of the servers that its arguments name, `http://host:port`, and holds back all that is sent to them. It
 * reports its own endpoints, in the order of the arguments, and runs until the bench ends it.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { distanceMs } from '../aws/distanceMs.ts';

process.on('disconnect', () => process.exit());
// Ctrl-C reaches every process of the terminal's group, but the bench ends this one.
process.on('SIGINT', () => undefined);

process.send?.(await Promise.all(process.argv.slice(2).map(standBefore)));

async function standBefore(endpoint: string): Promise<string> {
  const { hostname, port } = new URL(endpoint);
  const server = createServer((caller) => {
    const callee = connect(Number(port), hostname);
    const end = (): void => {
      caller.destroy();
      callee.destroy();
    };
    caller.on('data', (sent) => setTimeout(() => callee.write(sent), distanceMs));
    caller.on('error', end).on('close', end);
    callee.on('error', end).on('close', end);
    callee.pipe(caller);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
