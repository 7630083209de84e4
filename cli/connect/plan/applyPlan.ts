import type { SegmentApi } from '../segmentApi/segmentApi.ts';
import type { Step, StepCall } from './planConnection.ts';

/**
 * Carries out a plan, step by step. After an interruption, a new plan finds what is done and continues from there.
 *
 * @param destinationId `undefined`: the plan creates it
 * @param onDone called after each step
 * @throws ConnectError
 */
export async function applyPlan(
  api: SegmentApi,
  steps: readonly Step[],
  destinationId: string | undefined,
  onDone: (step: Step) => void,
): Promise<void> {
  let id = destinationId;
  // Create first: if Segment refuses it, nothing that works has been changed.
  const isNew = ({ action }: Step): boolean => action === 'create';
  for (const step of [...steps.filter(isNew), ...steps.filter((one) => !isNew(one))]) {
    if (step.call !== undefined) {
      id = (await apply(api, step.call, id)) ?? id;
      onDone(step);
    }
  }
}

/** Makes one call. @returns the id of a destination that was created */
async function apply(api: SegmentApi, call: StepCall, destinationId = ''): Promise<string | undefined> {
  switch (call.kind) {
    case 'createDestination':
      return (await api.createDestination(call.body)).id;
    case 'changeDestination':
      await api.changeDestination(call.id, call.body);
      return undefined;
    case 'createMapping':
      await api.createMapping(destinationId, call.body);
      return undefined;
    case 'changeMapping':
      await api.changeMapping(destinationId, call.id, call.body);
      return undefined;
  }
}
