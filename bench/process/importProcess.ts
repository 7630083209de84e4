/** Loads the bundle that its argument names, says how long that took, and ends. */
import { loadHandler } from './loadHandler.ts';
import type { ProcessReport } from './messages.ts';

const { importMs } = await loadHandler(process.argv[2] ?? '');
const report: ProcessReport = { type: 'loaded', importMs };
process.send?.(report, () => process.exit());
