import { type LocalState, readLocalState } from '../../../local/dev/localState.ts';
import { OperatorError } from '../operatorError.ts';
import { codeOf } from './awsProblem.ts';

const notRunning = 'No local system is running here: start one with `npm run dev` in this directory.';
/** Errors of a missing server, and of another server on its port. */
const goneErrors: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ResourceNotFoundException',
  'QueueDoesNotExist',
]);

/**
 * Reads where the system of `npm run dev` runs that was started in a directory.
 *
 * @throws OperatorError if none is running
 */
export async function readRunningSystem(directory: string): Promise<LocalState> {
  const state = await readLocalState(directory);
  if (state === undefined || !isAlive(state.pid)) {
    throw new OperatorError(notRunning);
  }
  return state;
}

/** What an error of the local system's servers means; `undefined` for an unexpected one. */
export function explainLocalError(error: unknown): string | undefined {
  return error instanceof Error && (goneErrors.has(error.name) || goneErrors.has(codeOf(error)))
    ? notRunning
    : undefined;
}

/** Signal 0 only checks. EPERM: the process exists, but belongs to another user. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && codeOf(error) === 'EPERM';
  }
}
