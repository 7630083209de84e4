import { nameOfFunction } from '../account/arns.ts';
import type { PullSchedule } from './pullSchedule.ts';
import type { Stack } from './stackBuilder.ts';
import type { StackMapping } from './stackMapping.ts';
import type { StackSchedule } from './stackSchedule.ts';

/** What invokes a function, according to the template. */
export interface Invokers {
  readonly isBehindUrl: boolean;
  readonly mappings: readonly StackMapping[];
  readonly schedules: readonly StackSchedule[];
  /** Those that send to a queue of its mappings. */
  readonly pullSchedules: readonly PullSchedule[];
}

/** Finds what invokes the function with this name. */
export function invokersOf(name: string, stack: Stack): Invokers {
  const invokesIt = ({ functionName }: { readonly functionName: string }): boolean =>
    nameOfFunction(functionName) === name;
  const mappings = stack.mappings.filter(invokesIt);
  return {
    isBehindUrl: stack.urlFunctionName === name,
    mappings,
    schedules: stack.schedules.filter(invokesIt),
    pullSchedules: stack.pullSchedules.filter(({ queueArn }) =>
      mappings.some((mapping) => mapping.queueArn === queueArn),
    ),
  };
}
