/// <reference lib="esnext.disposable" />
import type { InvocationResult } from '../lambda/invocationResult.ts';
import { LocalSystemError } from '../localSystemError.ts';
import { scheduledEvent } from '../schedule/scheduledEvent.ts';
import { startTimer } from '../schedule/startTimer.ts';
import type { StackSchedule } from '../template/stackSchedule.ts';
import type { StackFunctions } from './functionsByKind.ts';
import type { StartedFunction } from './startFunction.ts';
import { type LocalSystemOptions, localDispatchEverySeconds } from './systemOptions.ts';

/** The functions that have a schedule. */
export type ScheduledFunction = 'dispatcher' | 'forgetter';

/** Runs the schedule of a function at once. */
export type RunSchedule = (name: ScheduledFunction) => Promise<InvocationResult>;

/**
 * Starts the schedules that are rates in minutes: at once, and then by the clock, the dispatcher's more often than in the
 * template. All others start only on demand. As asynchronous invocations without retries, they are never repeated.
 */
export function startSchedules(
  functions: StackFunctions,
  options: LocalSystemOptions,
  started: AsyncDisposableStack,
): RunSchedule {
  const { dispatchEverySeconds = localDispatchEverySeconds, onError = () => undefined } = options;
  let isStopped = false;
  const run = async (fn: StartedFunction, schedule: StackSchedule): Promise<InvocationResult> => {
    const result = await fn.pool.invoke(scheduledEvent(schedule.ruleArn, Date.now()));
    if (!result.ok && !isStopped) {
      const { errorType, errorMessage } = result.error;
      onError(new LocalSystemError(`${fn.definition.logicalId} failed: ${errorType}: ${errorMessage}`));
    }
    return result;
  };
  for (const fn of functions.all) {
    for (const schedule of fn.invokers.schedules) {
      if (schedule.everyMinutes !== undefined) {
        const everySeconds = fn === functions.dispatcher ? dispatchEverySeconds : schedule.everyMinutes * 60;
        started.defer(startTimer(everySeconds, () => run(fn, schedule)));
      }
    }
  }
  started.defer(() => {
    isStopped = true;
  });
  return async (name) => {
    const fn = functions[name];
    const [schedule] = fn?.invokers.schedules ?? [];
    if (fn === undefined || schedule === undefined) {
      throw new LocalSystemError(`the template has no ${name}`);
    }
    return await run(fn, schedule);
  };
}
