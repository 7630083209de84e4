import { shortRunId } from '../format/shortRunId.ts';
import type { Unparked } from './unparkRuns.ts';

const shownRuns = 10;

/** What was put back, for people, and what they still have to do. */
export function formatUnparked({ sent, unreadable, refused, isFinished }: Unparked, flags: string): string {
  return [
    `${sent.toLocaleString('en')} parked runs were put back into the run queue.`,
    isFinished ? '' : 'More runs are parked: run the command again, it goes on with those.',
    unreadable.size === 0
      ? ''
      : `${unreadable.size.toLocaleString('en')} parked runs cannot be read, because a part of their message is missing: ` +
        `${some([...unreadable].map(shortRunId))}.\nThey stay parked. Their events: npm run ops -- runs show <run id>${flags}`,
    refused.size === 0
      ? ''
      : `${refused.size.toLocaleString('en')} stay parked, because the run queue did not take them:\n` +
        some([...refused].map(([runId, why]) => `${shortRunId(runId)}: ${why}`)),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function some(texts: readonly string[]): string {
  const more =
    texts.length > shownRuns ? `, and ${(texts.length - shownRuns).toLocaleString('en')} more` : '';
  return `${texts.slice(0, shownRuns).join(', ')}${more}`;
}
