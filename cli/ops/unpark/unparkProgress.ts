import { duration } from '../format/duration.ts';

/** How far the work has got. */
export interface UnparkProgress {
  readonly done: number;
  readonly total: number;
  readonly elapsedMs: number;
}

/** A line on long work: how many, how fast, and how long the rest takes at that rate. */
export function formatProgress({ done, total, elapsedMs }: UnparkProgress): string {
  const perSecond = elapsedMs === 0 ? 0 : (done * 1_000) / elapsedMs;
  const rest = Math.max(0, total - done);
  const left = perSecond === 0 ? '' : `, ${duration((rest / perSecond) * 1_000)} left`;
  return `${count(done)} of ${count(total)} runs put back, ${count(Math.round(perSecond))} a second${left}`;
}

function count(value: number): string {
  return value.toLocaleString('en');
}
