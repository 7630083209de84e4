import { LocalSystemError } from '../localSystemError.ts';
import type { Invokers } from '../template/invokers.ts';
import type { StartedFunction } from './startFunction.ts';

/** The functions of the system, found by what invokes them in the template. */
export interface StackFunctions {
  /** Behind the Function URL. */
  readonly receiver: StartedFunction;
  /** Behind queues, without a schedule. */
  readonly runner: StartedFunction;
  /** Behind its own queue, and started by a schedule. */
  readonly dispatcher: StartedFunction;
  /** Started by a schedule only; `undefined` without the setting `honourDeletes`. */
  readonly forgetter: StartedFunction | undefined;
  /** Behind a queue to which EventBridge Scheduler sends; `undefined` without a pull. */
  readonly puller: StartedFunction | undefined;
  readonly all: readonly StartedFunction[];
}

type FunctionKind = Exclude<keyof StackFunctions, 'all'>;

const whatInvokes: Readonly<Record<FunctionKind, string>> = {
  receiver: 'behind the Function URL',
  runner: 'behind queues and without a schedule',
  dispatcher: 'behind a queue and with a schedule',
  forgetter: 'with a schedule only',
  puller: 'behind a queue to which schedules send',
};

/**
 * Finds each function of the system among those of a template.
 *
 * @throws {LocalSystemError} when the receiver, the runner or the dispatcher is missing, or when there are two functions of one kind.
 */
export function functionsByKind(all: readonly StartedFunction[]): StackFunctions {
  return {
    receiver: required('receiver', all),
    runner: required('runner', all),
    dispatcher: required('dispatcher', all),
    forgetter: onlyOne('forgetter', all),
    puller: onlyOne('puller', all),
    all,
  };
}

function required(kind: FunctionKind, all: readonly StartedFunction[]): StartedFunction {
  const found = onlyOne(kind, all);
  if (found === undefined) {
    throw new LocalSystemError(`the template must have a function ${whatInvokes[kind]}: the ${kind}`);
  }
  return found;
}

function onlyOne(kind: FunctionKind, all: readonly StartedFunction[]): StartedFunction | undefined {
  const found = all.filter(({ invokers }) => kindOf(invokers) === kind);
  if (found.length > 1) {
    const ids = found.map(({ definition }) => definition.logicalId).join(', ');
    throw new LocalSystemError(
      `the template must have only one function ${whatInvokes[kind]} (the ${kind}), and has ${ids}`,
    );
  }
  return found[0];
}

function kindOf({ isBehindUrl, mappings, schedules, pullSchedules }: Invokers): FunctionKind | undefined {
  if (isBehindUrl) {
    return 'receiver';
  }
  if (pullSchedules.length > 0) {
    return 'puller';
  }
  if (mappings.length > 0) {
    return schedules.length > 0 ? 'dispatcher' : 'runner';
  }
  return schedules.length > 0 ? 'forgetter' : undefined;
}
