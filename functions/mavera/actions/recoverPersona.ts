import * as z from 'zod/mini';
import type { ActionResult, LostCall, ReadMavera } from './actionPerformer.ts';
import { idField, mayBeSince, momentField, personaCredits } from './maveraFields.ts';
import { readPages } from './readPages.ts';

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
export async function recoverPersona(lost: LostCall, read: ReadMavera): Promise<ActionResult | undefined> {
  const { name, description } = requested.parse(lost.request.body);
  const search = encodeURIComponent(description === undefined ? name.toWellFormed() : runMarker(lost.runId));
  for await (const personas of readPages(`/personas?limit=100&search=${search}`, listedPersona, read)) {
    const found = personas.find((persona) =>
      description === undefined
        ? isNewOfName(persona, name, lost.startedAtMs)
        : persona.description?.includes(runMarker(lost.runId)),
    );
    if (found !== undefined) {
      return {
        creditsUsed: personaCredits,
        result: { personaId: found.id, name: found.name ?? undefined },
        keptId: found.id,
      };
    }
  }
  return undefined;
}

type ListedPersona = z.infer<typeof listedPersona>;

function isNewOfName(persona: ListedPersona, name: string, sinceMs: number): boolean {
  return persona.name === name && persona.is_custom !== false && mayBeSince(persona.created_at, sinceMs);
}

/**
 * The mark of the run that created a persona: its description ends with it.
 *
 * @param runId 40 hex characters; the first 16 are enough to tell runs apart
 */
export function runMarker(runId: string): string {
  return `[run ${runId.slice(0, 16)}]`;
}
