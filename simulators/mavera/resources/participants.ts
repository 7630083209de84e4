import type { Account } from '../account.ts';
import { globalPersonas } from './globalPersonas.ts';

/** A persona that speaks: one of the account's own, or one of Mavera's. */
export interface Participant {
  readonly id: string;
  readonly name: string;
}

export function findParticipant(id: string, account: Account): Participant | undefined {
  const custom = account.personas.get(id);
  const name = custom?.fields.name ?? globalPersonas.find((persona) => persona.id === id)?.name;
  return name === undefined ? undefined : { id, name };
}
