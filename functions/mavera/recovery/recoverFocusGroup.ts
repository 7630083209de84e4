import * as z from 'zod/mini';
import { boundedList } from '../../schema/boundedList.ts';
import { epochMsOf, idField, mayBeSince, momentField } from '../actions/maveraFields.ts';
import type { LostCall, Recovery } from './recovery.ts';

const list = z.object({
  data: boundedList(
    z.looseObject({ id: idField, name: z.optional(z.nullable(z.string())), created_at: momentField }),
  ),
});

/**
 * Searches the focus groups that are new since the call for one of that name. Mavera documents no list of focus groups:
 * its other lists are the model for this one.
 */
export const recoverFocusGroup: Recovery = {
  begin(call) {
    if (nameOf(call) === undefined) {
      return {
        kind: 'unknowable',
        detail:
          'It is not known whether the focus group was created, because the builder gives it no name. Check in Mavera, then redrive or discard the run',
      };
    }
    return { kind: 'read', path: '/focus-groups?limit=100', state: {} };
  },

  next(call, _state, answer) {
    const name = nameOf(call) ?? '';
    const { data } = list.parse('json' in answer ? answer.json : undefined);
    const namesakes = data.filter((group) => group.name === name);
    if (namesakes.some(({ created_at }) => Number.isNaN(epochMsOf(created_at)))) {
      return {
        kind: 'unknowable',
        detail: `It is not known whether the focus group was created, because Mavera does not say when it created those named "${name.slice(0, 100)}". Check in Mavera, then redrive or discard the run`,
      };
    }
    const found = namesakes.find(({ created_at }) => mayBeSince(created_at, call.startedAtMs));
    return found === undefined ? { kind: 'not_found' } : { kind: 'pending', pendingId: found.id };
  },
};

function nameOf({ request }: LostCall): string | undefined {
  const name = request.body?.name;
  return typeof name === 'string' ? name : undefined;
}
