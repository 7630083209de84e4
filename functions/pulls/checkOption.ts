import { shown } from '../triggers/shown.ts';

const idPattern = /^[A-Za-z0-9_-]{1,100}$/;

/**
 * Stops a triggers file whose pull has an option that cannot be used, before anything is deployed.
 *
 * @param option such as `sendgridStats: days`
 * @throws RangeError
 */
export function checkOption(option: string, isRight: boolean, expected: string, value: unknown): void {
  if (!isRight) {
    throw new RangeError(`${option}: expected ${expected}, got ${shown(value)}`);
  }
}

/** Checks an id, which becomes part of a path. */
export function checkId(option: string, id: unknown, example: string): void {
  const isId = typeof id === 'string' && idPattern.test(id);
  checkOption(option, isId, `an id such as ${example}`, id);
}

/** Checks a share by which something has to change. */
export function checkChangedBy(pull: string, changedBy: unknown): void {
  const isShare = changedBy === undefined || (typeof changedBy === 'number' && changedBy >= 0);
  checkOption(`${pull}: changedBy`, isShare, 'a share such as 0.1', changedBy);
}
