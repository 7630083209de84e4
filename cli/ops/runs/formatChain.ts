import { formatTable } from '../../formatTable.ts';
import { shortRunId } from '../format/shortRunId.ts';
import type { ChainRun } from './runChain.ts';

const noHeadings = Array.from({ length: 4 }, () => ({ heading: '' }));

/**
 * The runs that follow one another, for people; `undefined` for a run that is alone.
 *
 * @param runId the run that is shown: it is marked
 */
export function formatChain(chain: readonly ChainRun[], runId: string): string | undefined {
  if (chain.length < 2) {
    return undefined;
  }
  const rows = chain.map((run) => [
    run.runId === runId ? '>' : '',
    shortRunId(run.runId),
    `${'   '.repeat(Math.max(0, run.depth - 1))}${run.depth === 0 ? '' : '-> '}${run.trigger}`,
    describeState(run),
  ]);
  return formatTable(noHeadings, rows);
}

function describeState({ state, reason }: ChainRun): string {
  if (state === undefined) {
    return 'not in the ledger: it is still in a queue, or its item has expired';
  }
  return state === 'done' || reason === undefined ? state : `${state} (${reason})`;
}
