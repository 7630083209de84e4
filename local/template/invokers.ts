import { nameOfFunction } from '../account/arns.ts';
import type { Stack } from './stackBuilder.ts';
import type { StackMapping } from './stackMapping.ts';
import type { StackSchedule } from './stackSchedule.ts';

/** What invokes a function, according to the template. */
export interface Invokers {
  readonly isBehindUrl: boolean;
  readonly mappings: readonly StackMapping[];
  readonly schedules: readonly StackSchedule[];
}

/** Finds what invokes the function with this name. */
export function invokersOf(name: string, { urlFunctionName, mappings, schedules }: Stack): Invokers {
  const invokesIt = ({ functionName }: { readonly functionName: string }): boolean =>
    nameOfFunction(functionName) === name;
  return {
    isBehindUrl: urlFunctionName === name,
    mappings: mappings.filter(invokesIt),
    schedules: schedules.filter(invokesIt),
  };
}
