import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Endpoints } from '../../../local/aws/endpoints.ts';

/** The emulators as seen from some distance. */
export interface DistantAws {
  /** The environment of a handler, with the distant endpoints in place of the near ones. */
  environmentFrom(near: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/**
 * Moves servers away: calls to the new endpoints reach them some milliseconds later.
 *
 * @param program of the process that stands between
 */
export async function startDistantAws(program: string, near: Endpoints): Promise<DistantAws> {
  const endpoints = Object.values(near);
  const child = fork(program, endpoints, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  const [distant] = (await once(child, 'message')) as [readonly string[]];
  // The URL of a queue begins with the endpoint too.
  const move = (value: string): string => {
    const index = endpoints.findIndex((endpoint) => value.startsWith(endpoint));
    return index === -1 ? value : `${distant[index]}${value.slice(endpoints[index]?.length)}`;
  };
  return {
    environmentFrom: (environment) =>
      Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, move(value)])),
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
