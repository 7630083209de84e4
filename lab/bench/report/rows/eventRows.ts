import type { EventCosts } from '../../measure/eventCosts.ts';
import type { Measurements } from '../../measure/measurements.ts';
import { atMost, ratioAtMost } from '../limit.ts';
import type { Figures } from '../row.ts';

type Events = Measurements['events'];

const againstPutAndSend = '  … against one put and one send per event';

/** The CPU time of an event. */
export function cpuRows({ receiver, baseline, putAndSend }: Events): readonly Figures[] {
  const figures = (name: string, load: keyof EventCosts, other = baseline): Figures => ({
    name: `${name}: ms`,
    receiver: receiver[load].cpuMs,
    other: other[load].cpuMs,
    digits: 2,
  });
  const limit = ratioAtMost(0.35);
  return [
    figures('CPU per event, single', 'single'),
    { ...figures('CPU per event, batch of 1,000', 'batch'), limit },
    { ...figures(againstPutAndSend, 'batch', putAndSend), limit },
    figures('CPU per event that no trigger wants', 'ignored'),
  ];
}

/** The AWS calls of an event. */
export function callRows({ receiver, baseline, putAndSend }: Events): readonly Figures[] {
  const figures = (name: string, load: keyof EventCosts, other = baseline): Figures => ({
    name,
    receiver: receiver[load].calls,
    other: other[load].calls,
    digits: 3,
  });
  return [
    figures('AWS calls per event, single', 'single'),
    figures('AWS calls per event, batch of 1,000', 'batch'),
    { ...figures(againstPutAndSend, 'batch', putAndSend), limit: ratioAtMost(1 / 8) },
    figures('AWS calls per event, 1 % wanted, single', 'rare'),
    figures('AWS calls per event, 1 % wanted, batch of 1,000', 'rareBatch'),
    { ...figures('AWS calls per event that no trigger wants', 'ignored'), limit: atMost(0) },
    { ...figures('  … in a batch of 1,000', 'ignoredBatch'), limit: atMost(0) },
  ];
}

/** How many events one environment takes in a second by the clock, and in a second of CPU time. */
export function throughputRows({ receiver, baseline }: Events): readonly Figures[] {
  const figures = (name: string, load: keyof EventCosts, time: 'wallMs' | 'cpuMs'): Figures => ({
    name,
    receiver: 1000 / receiver[load][time],
    other: 1000 / baseline[load][time],
    digits: 0,
  });
  return [
    figures('events a second, single', 'single', 'wallMs'),
    figures('  … a second of CPU', 'single', 'cpuMs'),
    figures('events a second, batches of 1,000', 'batch', 'wallMs'),
    figures('  … a second of CPU', 'batch', 'cpuMs'),
    figures('events a second that no trigger wants, single', 'ignored', 'wallMs'),
    figures('  … a second of CPU', 'ignored', 'cpuMs'),
    figures('events a second that no trigger wants, batches of 1,000', 'ignoredBatch', 'wallMs'),
    figures('  … a second of CPU', 'ignoredBatch', 'cpuMs'),
  ];
}
