import { readFileSync } from 'node:fs';
import { isPlainObject } from '../../../functions/sources/segment/event.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';

/** A value that was given by hand cannot be used; the message names the option and what to do. */
export class GivenValueError extends Error {
  override readonly name = 'GivenValueError';
}

/** Values that the user gives, because a dry run calls nothing. */
export interface GivenValues {
  /** What a lookup gives, in an array of one; `undefined` if it was not given. */
  lookup(trigger: string, name: string): readonly [unknown] | undefined;
  /** What a run of a trigger gives; `undefined` if it was not given. */
  result(trigger: string): Readonly<Record<string, unknown>> | undefined;
}

/**
 * Reads the values of the options.
 *
 * @param lookups `<name>=<file>`, or `<trigger>.<name>=<file>` for one trigger alone
 * @param results `<trigger>=<file>`, or only `<file>` if the result of one trigger is used
 * @throws GivenValueError
 */
export function readGivenValues(
  lookups: readonly string[],
  results: readonly string[],
  triggers: readonly Trigger[],
): GivenValues {
  const values = new Map(lookups.flatMap((option) => readLookup(option, triggers)));
  const ofTriggers = new Map(results.map((option) => readResult(option, triggers)));
  return {
    lookup: (trigger, name) => values.get(`${trigger}.${name}`),
    result: (trigger) => ofTriggers.get(trigger),
  };
}

function readLookup(
  option: string,
  triggers: readonly Trigger[],
): readonly (readonly [string, readonly [unknown]])[] {
  const [, ofTrigger, name = '', file = ''] = /^(?:([a-z0-9-]+)\.)?(\w+)=(.+)$/.exec(option) ?? [];
  if (name === '') {
    throw new GivenValueError(
      `--lookup ${option}: expected <name>=<file>, such as --lookup profile=profile.json.`,
    );
  }
  const all = triggers.flatMap((trigger) =>
    Object.keys(trigger.with ?? {}).map((lookup) => ({ trigger: trigger.name, lookup })),
  );
  const meant = all.filter(
    ({ trigger, lookup }) => lookup === name && (ofTrigger === undefined || ofTrigger === trigger),
  );
  if (meant.length === 0) {
    const known = all.map(({ trigger, lookup }) => `${trigger}.${lookup}`).join(', ') || 'none';
    throw new GivenValueError(`--lookup ${option}: no trigger has this lookup; the lookups are ${known}.`);
  }
  const json = readJson('--lookup', file);
  // JSON has no undefined: null stands for "there is no such thing".
  return meant.map(({ trigger }) => [`${trigger}.${name}`, [json ?? undefined]]);
}

function readResult(
  option: string,
  triggers: readonly Trigger[],
): readonly [string, Readonly<Record<string, unknown>>] {
  const used = [...new Set(triggers.flatMap(namesOfUsed))];
  const [, named, file = option] = /^([a-z0-9-]+)=(.+)$/.exec(option) ?? [];
  const [only, ...others] = used;
  const trigger = named ?? (others.length === 0 ? only : undefined);
  if (trigger === undefined || !used.includes(trigger)) {
    const known = used.join(', ') || 'none';
    throw new GivenValueError(
      `--result ${option}: expected <trigger>=<file> with a trigger whose result is used; these are ${known}.`,
    );
  }
  const json = readJson('--result', file);
  if (!isPlainObject(json)) {
    throw new GivenValueError(
      `--result ${option}: the file has to hold one JSON object, the result of a run.`,
    );
  }
  return [trigger, json];
}

/** The names of the triggers whose result is used: the followed one, and the trigger itself if it reports. */
function namesOfUsed({ name, after, toSegment, toSegOps }: Trigger): readonly string[] {
  const reports = toSegment !== undefined || toSegOps !== undefined;
  return [...(after === undefined ? [] : [after.name]), ...(reports ? [name] : [])];
}

/** Reads the file of an option. @throws GivenValueError */
export function readJson(option: string, file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new GivenValueError(`${option}: ${file} cannot be read: check the path.`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new GivenValueError(`${option}: ${file} is not valid JSON.`);
  }
}
