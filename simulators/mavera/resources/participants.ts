import { globalPersonas } from './globalPersonas.ts';
import type { Persona } from './persona.ts';

/** A persona that answers: a custom or a global one. */
export interface Participant {
  readonly id: string;
  readonly name: string;
}

/** @param custom the account's own personas by id */
export function findParticipant(id: string, custom: ReadonlyMap<string, Persona>): Participant | undefined {
  const name = custom.get(id)?.fields.name ?? globalPersonas.find((persona) => persona.id === id)?.name;
  return name === undefined ? undefined : { id, name };
}
