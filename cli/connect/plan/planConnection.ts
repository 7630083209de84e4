import { isDeepStrictEqual } from 'node:util';
import type { SegmentDestination, SegmentMapping } from '../segmentApi/apiSchemas.ts';
import type { DesiredConnection, DesiredMapping } from './desiredConnection.ts';
import { compareSecret, isMasked } from './maskedValue.ts';

/** What is at Segment. */
export interface ActualConnection {
  readonly sourceId: string;
  readonly metadataId: string;
  /** Id of the action "Send". */
  readonly actionId: string;
  /** `undefined`: there is none yet. */
  readonly destination: SegmentDestination | undefined;
  readonly mappings: readonly SegmentMapping[];
}

/** Choices of whoever connects. */
export interface PlanOptions {
  /** Write the shared secret though it seems to be the same. */
  readonly writeSecret: boolean;
  /** Disable mappings of routes that no trigger names any more. */
  readonly prune: boolean;
}

/** One thing of the plan. `changes` names fields, never values of secrets. */
export interface Step {
  /** For people: `destination mavera-triggers`, `mapping mavera-triggers: default`. */
  readonly what: string;
  readonly action: 'create' | 'update' | 'disable' | 'keep' | 'leave';
  readonly changes: readonly string[];
  /** What it will be like, in lines. */
  readonly details?: readonly string[];
  /** What is to be called, and with which body; `undefined`: nothing. */
  readonly call?: StepCall;
}

/** The ids of a mapping's destination may not be known before it is created. */
export type StepCall =
  | { readonly kind: 'createDestination'; readonly body: object }
  | { readonly kind: 'changeDestination'; readonly id: string; readonly body: object }
  | { readonly kind: 'createMapping'; readonly body: object }
  | { readonly kind: 'changeMapping'; readonly id: string; readonly body: object };

/** What has to be done so that Segment is set up as desired; all steps "keep" or "leave" when nothing is. */
export function planConnection(
  desired: DesiredConnection,
  actual: ActualConnection,
  options: PlanOptions,
): readonly Step[] {
  const found = pairMappings(desired.mappings, actual.mappings);
  const others = actual.mappings.filter((mapping) => ![...found.values()].includes(mapping));
  return [
    planDestination(desired, actual, options),
    ...desired.mappings.map((mapping) => planMapping(mapping, found.get(mapping.name), actual.actionId)),
    ...others
      .filter((mapping) => isOurs(mapping, desired.segmentUrl))
      .map((mapping) => planOrphan(mapping, options)),
  ];
}

/** Whether a plan has anything to do. */
export function hasWork(steps: readonly Step[]): boolean {
  return steps.some(({ call }) => call !== undefined);
}

/** Whether a mapping posts to us. */
export function isOurs({ settings }: SegmentMapping, segmentUrl: string): boolean {
  const url = String(settings?.url ?? '');
  return url === segmentUrl || url.startsWith(`${segmentUrl}/`);
}

function planDestination(desired: DesiredConnection, actual: ActualConnection, options: PlanOptions): Step {
  const { name, sharedSecret, useSegmentSignatureHeader } = desired;
  const { destination, sourceId, metadataId } = actual;
  const what = `destination ${destination?.name ?? name}`;
  const wanted = {
    sharedSecret,
    ...(useSegmentSignatureHeader === undefined ? {} : { useSegmentSignatureHeader }),
  };
  if (destination === undefined) {
    const body = { sourceId, metadataId, name, enabled: true, settings: wanted };
    return {
      what,
      action: 'create',
      changes: ['enabled', ...Object.keys(wanted)],
      call: { kind: 'createDestination', body },
    };
  }
  const secret = compareSecret(destination.settings.sharedSecret, sharedSecret);
  const settings = {
    ...(secret === 'different' || options.writeSecret ? { sharedSecret } : {}),
    ...(useSegmentSignatureHeader === undefined || destination.settings.useSegmentSignatureHeader === true
      ? {}
      : { useSegmentSignatureHeader }),
  };
  const changes = [...(destination.enabled ? [] : ['enabled']), ...Object.keys(settings)];
  const unknown = secret === 'unknown' ? ['sharedSecret cannot be compared: --write-secret writes it'] : [];
  if (changes.length === 0) {
    return { what, action: 'keep', changes: unknown };
  }
  const body = {
    ...(destination.enabled ? {} : { enabled: true }),
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
  };
  return {
    what,
    action: 'update',
    changes: [...changes, ...unknown],
    call: { kind: 'changeDestination', id: destination.id, body },
  };
}

function planMapping(desired: DesiredMapping, found: SegmentMapping | undefined, actionId: string): Step {
  const { name, trigger, settings } = desired;
  const what = `mapping ${name}`;
  const details = [`posts to ${String(settings.url)}`, `what matches ${trigger}`];
  if (found === undefined) {
    const body = { name, actionId, trigger, enabled: true, settings };
    return {
      what,
      action: 'create',
      changes: ['trigger', ...Object.keys(settings)],
      details,
      call: { kind: 'createMapping', body },
    };
  }
  const differing = differingSettings(settings, found.settings ?? {});
  const changes = [
    ...(found.name === name ? [] : ['name']),
    ...(found.enabled ? [] : ['enabled']),
    ...(found.trigger === trigger ? [] : ['trigger']),
    ...differing,
  ];
  if (changes.length === 0) {
    return { what, action: 'keep', changes: [] };
  }
  const body = {
    ...(found.name === name ? {} : { name }),
    ...(found.enabled ? {} : { enabled: true }),
    ...(found.trigger === trigger ? {} : { trigger }),
    ...(differing.length === 0 ? {} : { settings: mergedSettings(settings, found.settings ?? {}) }),
  };
  return { what, action: 'update', changes, details, call: { kind: 'changeMapping', id: found.id, body } };
}

function planOrphan({ id, name, enabled, settings }: SegmentMapping, { prune }: PlanOptions): Step {
  const what = `mapping ${name ?? id}`;
  const reason = `posts to ${String(settings?.url)}, which no trigger names`;
  if (!enabled) {
    return { what, action: 'leave', changes: [`disabled; ${reason}`] };
  }
  return prune
    ? {
        what,
        action: 'disable',
        changes: [reason],
        call: { kind: 'changeMapping', id, body: { enabled: false } },
      }
    : { what, action: 'leave', changes: [`${reason}: --prune disables it`] };
}

/** By name; else one that posts to the same URL, and that nobody else is called. */
function pairMappings(
  desired: readonly DesiredMapping[],
  actual: readonly SegmentMapping[],
): ReadonlyMap<string, SegmentMapping> {
  const pairs = new Map<string, SegmentMapping>();
  for (const { name } of desired) {
    const found = actual.find((mapping) => mapping.name === name);
    if (found !== undefined) {
      pairs.set(name, found);
    }
  }
  for (const { name, settings } of desired.filter((mapping) => !pairs.has(mapping.name))) {
    const taken = [...pairs.values()];
    const found = actual.find(
      (mapping) => mapping.settings?.url === settings.url && !taken.includes(mapping),
    );
    if (found !== undefined) {
      pairs.set(name, found);
    }
  }
  return pairs;
}

function differingSettings(
  desired: Readonly<Record<string, unknown>>,
  actual: Readonly<Record<string, unknown>>,
): readonly string[] {
  return Object.entries(desired)
    .filter(([name, value]) => !isSameSetting(name, value, actual[name]))
    .map(([name]) => name);
}

function isSameSetting(name: string, desired: unknown, actual: unknown): boolean {
  switch (name) {
    case 'headers': {
      const { Authorization: ours } = desired as { readonly Authorization: string };
      const { Authorization: shown } = (actual ?? {}) as { readonly Authorization?: unknown };
      // What cannot be seen is taken for what was written.
      return compareSecret(shown, ours) !== 'different';
    }
    case 'batch_size':
      // Real exports have it as text, too.
      return Number(actual) === desired;
    default:
      return isDeepStrictEqual(desired, actual);
  }
}

/** Ours over what is there: whatever somebody has added stays, save for what is masked. */
export function mergedSettings(
  desired: Readonly<Record<string, unknown>>,
  actual: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return {
    ...unmasked(actual),
    ...desired,
    headers: { ...unmasked(actual.headers), ...(desired.headers as object) },
  };
}

function unmasked(value: unknown): Record<string, unknown> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(entries.filter(([, inner]) => !isMasked(inner)));
}
