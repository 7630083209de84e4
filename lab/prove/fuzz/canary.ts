import { mustHold } from './fuzzTarget.ts';

/** The value of every personal field of an event. Any seven of its characters reveal it, also if it is cut. */
export const personalCanary = 'kx7q'.repeat(8);
/** The value of every secret. */
export const secretCanary = 'wz3j'.repeat(8);

const marks = { 'personal data': 'kx7q', 'a secret': 'wz3j' } as const;

/**
 * Checks that a text contains no canary.
 *
 * @param where what the text is, for the failure
 * @throws FuzzFailure
 */
export function mustNotTell(where: string, text: string): void {
  for (const [what, mark] of Object.entries(marks)) {
    const at = text.indexOf(mark);
    mustHold(at === -1, `${where} contains ${what}: …${text.slice(Math.max(0, at - 80), at + 20)}…`);
  }
}
