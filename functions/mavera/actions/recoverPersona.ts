import * as z from 'zod/mini';
import type { ActionResult, LostCall, ReadMavera } from './actionPerformer.ts';
import { idField } from './idField.ts';
import { personaCredits } from './personaCredits.ts';
import { readPages } from './readPages.ts';
import { runMarker } from './runMarker.ts';

/** Between Mavera's clock and ours. */
const clockSkewMs = 60_000;

const requested = z.object({ name: z.string(), description: z.optional(z.string()) });

const listedPersona = z.object({
  id: idField,
  name: z.optional(z.nullable(z.string())),
  description: z.optional(z.nullable(z.string())),
  is_custom: z.optional(z.nullable(z.boolean())),
  created_at: z.optional(z.nullable(z.union([z.number(), z.string()]))),
});

/**
 * Searches the personas for the run's marker, or else for a custom one of that name that is new since the call. The
 * names of the list's filters are not documented: `search` narrows the search only where it is understood.
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
  const { created_at } = persona;
  // Unix seconds in the reference's samples, ISO 8601 by its introduction.
  const createdAtMs = typeof created_at === 'number' ? created_at * 1000 : Date.parse(created_at ?? '');
  return persona.name === name && persona.is_custom !== false && createdAtMs >= sinceMs - clockSkewMs;
}
