import * as z from 'zod/mini';
import { idField, mayBeSince, momentField, personaCredits } from '../actions/maveraFields.ts';
import { firstPage, type ListPosition, listPosition, readPage, tooLong } from './listPages.ts';
import type { LostCall, Recovery, RecoveryStep } from './recovery.ts';

const requested = z.object({ name: z.string(), description: z.optional(z.string()) });

const listedPersona = z.object({
  id: idField,
  name: z.optional(z.nullable(z.string())),
  description: z.optional(z.nullable(z.string())),
  is_custom: z.optional(z.nullable(z.boolean())),
  created_at: momentField,
});

/**
 * Searches the personas for the mark of the run. A request without a description has no mark: then it searches for a
 * custom persona of that name that is new since the call. The names of the list's filters are not documented, so
 * Mavera may ignore `search`.
 */
export const recoverPersona: Recovery = {
  begin(call) {
    // To repeat an update changes nothing: only a creation is worth a search.
    return call.request.method === 'PATCH' ? { kind: 'not_found' } : readAt(firstPage(listOf(call)));
  },

  next(call, state, answer) {
    const list = listOf(call);
    const json = 'json' in answer ? answer.json : undefined;
    const { items, next } = readPage(list, listPosition.parse(state), json, listedPersona);
    const found = items.find((persona) => isTheOne(persona, call));
    if (found !== undefined) {
      const result = { personaId: found.id, name: found.name ?? undefined };
      return { kind: 'found', result: { creditsUsed: personaCredits, result, keptId: found.id } };
    }
    switch (next) {
      case 'end':
        return { kind: 'not_found' };
      case 'too_long':
        return tooLong(list);
      default:
        return readAt(next);
    }
  },
};

function readAt(position: ListPosition): RecoveryStep {
  return { kind: 'read', path: position.path, state: position };
}

function listOf({ request, runId }: LostCall): string {
  const { name, description } = requested.parse(request.body);
  const search = description === undefined ? name.toWellFormed() : runMarker(runId);
  return `/personas?limit=100&search=${encodeURIComponent(search)}`;
}

function isTheOne(
  persona: z.infer<typeof listedPersona>,
  { request, runId, startedAtMs }: LostCall,
): boolean {
  const { name, description } = requested.parse(request.body);
  return description === undefined
    ? persona.name === name && persona.is_custom !== false && mayBeSince(persona.created_at, startedAtMs)
    : persona.description?.includes(runMarker(runId)) === true;
}

/**
 * The mark of the run that created a persona: its description ends with it.
 *
 * @param runId 40 hex characters; the first 16 are enough to tell runs apart
 */
export function runMarker(runId: string): string {
  return `[run ${runId.slice(0, 16)}]`;
}
