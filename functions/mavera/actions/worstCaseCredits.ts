import type { Action } from '../../triggers/actions.ts';
import { performerOf } from './actionPerformers.ts';

/** A strategic question. Source: Mavera's feature page of Mave. */
const dearestQuestion = 75;

/** What one run of an action may cost at most, as far as Mavera documents it; what a trigger states goes first. */
export function worstCaseCredits(action: Action): number {
  if (action.estimatedCredits !== undefined) {
    return action.estimatedCredits;
  }
  if (action.kind === 'updatePersona' && action.personaId !== undefined) {
    return 0;
  }
  return action.kind === 'askMave' ? dearestQuestion : (performerOf(action)?.estimatedCredits ?? 0);
}
