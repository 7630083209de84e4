import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeServer, listen } from '../../simulators/http/listen.ts';
import { LocalSystemError } from '../localSystemError.ts';

/** A running DynamoDB emulator. */
export interface Dynoxide {
  readonly endpoint: string;
  /** Settles when the process has ended, for any reason. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Another process may take the free port before dynoxide does. */
const maxStarts = 3;

const tryToConnectEveryMs = 20;

/**
 * Runs a server that ends with this process, even when this one is killed: the pipe to its standard input closes then.
 * The server itself does not read its input, so a shell does. A shell gives a background process no standard input, so
 * the pipe is copied to descriptor 3.
 */
const endsWithInput = `
exec 3<&0
"$0" "$@" 3<&- &
server=$!
(read -r _ <&3; kill -9 $server) &
wait $server
kill -9 $!
`;

/**
 * Starts dynoxide in memory on a free port of the loopback interface. It ends with this process.
 *
 * @throws {LocalSystemError} when there is no binary for this machine, or it does not start.
 */
export async function startDynoxide(binary: string): Promise<Dynoxide> {
  for (let start = 1; start <= maxStarts; start += 1) {
    const started = await tryStart(binary, await freePort());
    if (started !== undefined) {
      return started;
    }
  }
  throw new LocalSystemError(
    `dynoxide (${binary}) does not start: it ended before it listened, in ${maxStarts} attempts`,
  );
}

/**
 * Finds the binary: that of the package `@dynoxide/linux-x64`, or `dynoxide` on the PATH.
 *
 * @param packaged the binary of the package, if it is installed.
 * @throws {LocalSystemError} with how to get one.
 */
export function findDynoxide(path: string, packaged: readonly string[] = packagedBinary()): string {
  const candidates = [
    ...packaged,
    ...path.split(delimiter).flatMap((directory) => (directory === '' ? [] : [join(directory, 'dynoxide')])),
  ];
  const found = candidates.find(isExecutable);
  if (found === undefined) {
    throw new LocalSystemError(
      'no DynamoDB emulator for this machine: npm installs @dynoxide/linux-x64 on Linux x64 only. Elsewhere put `dynoxide` on the PATH, ' +
        'or set AWS_ENDPOINT_URL_DYNAMODB to a running DynamoDB Local',
    );
  }
  return found;
}

function packagedBinary(): readonly string[] {
  try {
    return [createRequire(import.meta.url).resolve('@dynoxide/linux-x64/dynoxide')];
  } catch {
    return [];
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** `undefined` when it ended before it listened. */
async function tryStart(binary: string, port: number): Promise<Dynoxide | undefined> {
  // Detached, because Ctrl-C reaches the whole process group: the server must outlive the functions that use it.
  const child = spawn(
    '/bin/sh',
    ['-c', endsWithInput, binary, '--host', '127.0.0.1', '--port', String(port)],
    {
      detached: true,
      env: { PATH: process.env.PATH },
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  );
  let hasEnded = false;
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  }).then(() => {
    hasEnded = true;
  });
  while (!hasEnded) {
    if (await canConnect(port)) {
      return { endpoint: `http://127.0.0.1:${port}`, ended, stop: () => stop(child, ended) };
    }
    await Promise.race([ended, sleep(tryToConnectEveryMs)]);
  }
  return undefined;
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.stdin?.end();
  await ended;
}

async function canConnect(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(port, '127.0.0.1', () => resolve(true));
  socket.once('error', () => resolve(false));
  const connected = await promise;
  socket.destroy();
  return connected;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server, 0);
  await closeServer(server);
  return port;
}
