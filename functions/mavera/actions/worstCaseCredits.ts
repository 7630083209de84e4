import type { Action } from '../../triggers/actions.ts';
import { performerOf } from './actionPerformers.ts';

/** What a strategic question costs at most. Source: Mavera's feature page of Mave. */
const dearestQuestion = 75;

/** The most that one run of an action may cost: the trigger's own estimate, otherwise what Mavera documents. */
export function worstCaseCredits(action: Action): number {
  if (action.estimatedCredits !== undefined) {
    return action.estimatedCredits;
  }
  if (action.kind === 'updatePersona' && action.personaId !== undefined) {
    return 0;
  }
  return action.kind === 'askMave' ? dearestQuestion : (performerOf(action)?.estimatedCredits ?? 0);
}
