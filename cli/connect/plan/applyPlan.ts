import type { SegmentApi } from '../segmentApi/segmentApi.ts';
import type { Step, StepCall } from './planConnection.ts';

/**
 * Does what a plan says, step by step. When it is broken off, a new plan finds what is done, and goes on from there.
 *
 * @param destinationId `undefined`: the plan creates it
 * @param onDone told of each step that is done
 * @throws ConnectError
 */
export async function applyPlan(
  api: SegmentApi,
  steps: readonly Step[],
  destinationId: string | undefined,
  onDone: (step: Step) => void,
): Promise<void> {
  let id = destinationId;
  // What is new first: should it be refused, nothing that works has been narrowed.
  const isNew = ({ action }: Step): boolean => action === 'create';
  for (const step of [...steps.filter(isNew), ...steps.filter((one) => !isNew(one))]) {
    if (step.call !== undefined) {
      id = (await apply(api, step.call, id)) ?? id;
      onDone(step);
    }
  }
}

/** @returns the id of a destination that was created */
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
