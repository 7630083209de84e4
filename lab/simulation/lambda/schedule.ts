import type { SimulatedTime } from '../../../simulators/time/simulatedTime.ts';

/** How a schedule misbehaves. */
export interface ScheduleOptions {
  readonly time: SimulatedTime;
  readonly random: () => number;
  /** Share of minutes in which it does not fire. */
  readonly skipped: number;
  /** Share of minutes in which it fires twice. */
  readonly twice: number;
  readonly fire: () => void;
}

const minuteMs = 60_000;

/** A rule that fires once a minute, at any moment of it; in some minutes not at all, or twice. */
export function startSchedule(options: ScheduleOptions): void {
  const { time, random, skipped, twice, fire } = options;
  const minute = (startMs: number): void => {
    const times = random() < skipped ? 0 : random() < twice ? 2 : 1;
    for (let count = 0; count < times; count += 1) {
      time.at(startMs + random() * minuteMs, fire);
    }
    time.at(startMs + minuteMs, () => minute(startMs + minuteMs));
  };
  minute(Math.floor(time.now() / minuteMs) * minuteMs);
}
