/** Loads the bundle that its argument names, reports how long that took, and ends. */
import { loadHandler } from './loadHandler.ts';
import { failure, type ProcessReport } from './messages.ts';

const report: ProcessReport = await loadHandler(process.argv[2] ?? '').then(
  ({ importMs }) => ({ type: 'loaded', importMs }),
  failure,
);
process.send?.(report, () => process.exit());
