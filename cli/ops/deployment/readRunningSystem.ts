import { type LocalState, readLocalState } from '../../../local/dev/localState.ts';
import { OperatorError } from '../operatorError.ts';
import { codeOf } from './awsProblem.ts';

const notRunning = 'No local system is running here: start it with `npm run dev`, in this directory.';
/** Errors of a server that is not there, and of another one that has its port now. */
const goneErrors: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ResourceNotFoundException',
  'QueueDoesNotExist',
]);

/**
 * Where the system is that `npm run dev` has started in a directory.
 *
 * @throws OperatorError when none is running
 */
export async function readRunningSystem(directory: string): Promise<LocalState> {
  const state = await readLocalState(directory);
  if (state === undefined || !isAlive(state.pid)) {
    throw new OperatorError(notRunning);
  }
  return state;
}

/** What an error of the local system's servers means; `undefined` for one that nobody foresaw. */
export function explainLocalError(error: unknown): string | undefined {
  return error instanceof Error && (goneErrors.has(error.name) || goneErrors.has(codeOf(error)))
    ? notRunning
    : undefined;
}

/** Signal 0 only asks. Another user's process may not be asked, but is there. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && codeOf(error) === 'EPERM';
  }
}
