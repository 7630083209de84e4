import type { Pull } from '../pulls/pull.ts';
import { sourceNames } from '../sources/source.ts';
import { problemsOfFilter } from './checkFilter.ts';
import { shown } from './shown.ts';
import type { CatchUp, Trigger } from './trigger.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What only a trigger with this origin may have. */
const fieldsOf = { when: ['source', 'route', 'catchUp'], from: ['every', 'again', 'atMost'] } as const;

type OriginName = 'when' | 'from' | 'after';

/** The problems of what starts a trigger's runs; each begins with the field. */
export function problemsOfOrigin(trigger: Partial<Trigger>): string[] {
  const { source, when, from, after, cancelledBy, catchUp } = trigger;
  if (after !== undefined) {
    return [
      ...(when === undefined && from === undefined
        ? []
        : [
            `after: a trigger has either ${when === undefined ? 'from' : 'when'} or after; remove one of them`,
          ]),
      ...problemsOfStrayFields('after', trigger),
      ...(nameOf(after) === undefined
        ? [`after: expected a trigger, such as a constant made by trigger(…), got ${shown(after)}`]
        : []),
    ];
  }
  if (from !== undefined) {
    return [
      ...problemsOfStrayFields('from', trigger),
      ...(cancelledBy === undefined
        ? []
        : ['cancelledBy: events cancel only what events have started; remove it']),
      ...problemsOfPull('from', from, trigger),
    ];
  }
  return [
    ...problemsOfStrayFields('when', trigger),
    ...problemsOfSource(source),
    ...problemsOfFilter('when', when),
    ...(catchUp === undefined
      ? []
      : problemsOfPull('catchUp.from', (catchUp as Partial<CatchUp>)?.from, trigger)),
  ];
}

/** The pull brings the check of all that only triggers with pulls have. */
function problemsOfPull(field: string, pull: unknown, trigger: Fields): string[] {
  const { problemsOf } = (typeof pull === 'object' && pull !== null ? pull : {}) as Partial<Pull>;
  return typeof problemsOf === 'function'
    ? problemsOf(trigger)
    : [
        `${field}: expected a pull made by definePull or by a function such as segmentAudiences, got ${shown(pull)}`,
      ];
}

function problemsOfStrayFields(origin: OriginName, trigger: Fields): string[] {
  const posted = origin === 'when' ? [] : given(fieldsOf.when, trigger);
  const pulled = origin === 'from' ? [] : given(fieldsOf.from, trigger);
  return [
    ...posted.map((field) => `${field}: a trigger with ${origin} reads no ${field}; remove it`),
    ...pulled.map((field) => `${field}: only a trigger with from has it; remove it`),
  ];
}

function given(fields: readonly string[], trigger: Fields): readonly string[] {
  return fields.filter((field) => trigger[field] !== undefined);
}

function problemsOfSource(source: unknown): string[] {
  return source === undefined || sourceNames.some((name) => name === source)
    ? []
    : [`source: expected one of ${sourceNames.join(', ')}, got ${shown(source)}`];
}

/**
 * The problems of triggers that follow one another. Names count, not objects: triggers of several files may form a circle
 * that no single file shows.
 */
export function problemsOfChains(triggers: readonly Partial<Trigger>[]): string[] {
  const followed = new Map<string, string | undefined>();
  for (const trigger of triggers) {
    const name = nameOf(trigger);
    if (name !== undefined) {
      followed.set(name, nameOf(trigger.after));
    }
  }
  return [...followed].flatMap(([name, after]) => {
    if (after !== undefined && !followed.has(after)) {
      return [
        `trigger "${name}": after: there is no trigger "${after}" in defineTriggers; add it to the list`,
      ];
    }
    const circle = circleFrom(name, followed);
    return circle === undefined
      ? []
      : [`trigger "${name}": after: the triggers follow one another in a circle: ${circle.join(' after ')}`];
  });
}

/** The names from a trigger back to itself; `undefined` when it is in no circle. */
function circleFrom(
  name: string,
  followed: ReadonlyMap<string, string | undefined>,
): readonly string[] | undefined {
  const names = [name];
  for (let next = followed.get(name); next !== undefined; next = followed.get(next)) {
    if (next === name) {
      return [...names, name];
    }
    if (names.includes(next)) {
      return undefined;
    }
    names.push(next);
  }
  return undefined;
}

function nameOf(trigger: unknown): string | undefined {
  const name: unknown =
    typeof trigger === 'object' && trigger !== null
      ? (trigger as { readonly name?: unknown }).name
      : undefined;
  return typeof name === 'string' ? name : undefined;
}
