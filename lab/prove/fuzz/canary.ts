import { mustHold } from './fuzzTarget.ts';

/** Stands in every personal field of an event: any seven of its characters give it away, however it is cut. */
export const personalCanary = 'kx7q'.repeat(8);
/** Stands in every secret. */
export const secretCanary = 'wz3j'.repeat(8);

const marks = { 'personal data': 'kx7q', 'a secret': 'wz3j' } as const;

/**
 * Looks for canaries in what may hold none.
 *
 * @param where what the text is, as a failure names it
 * @throws FuzzFailure
 */
export function mustNotTell(where: string, text: string): void {
  for (const [what, mark] of Object.entries(marks)) {
    const at = text.indexOf(mark);
    mustHold(at === -1, `${where} holds ${what}: …${text.slice(Math.max(0, at - 80), at + 20)}…`);
  }
}
