import { isDeepStrictEqual } from 'node:util';
import { parseFql } from '../../../functions/triggers/segmentFql.ts';
import type { SegmentDestination, SegmentMapping } from '../segmentApi/apiSchemas.ts';
import type { DesiredConnection, DesiredMapping } from './desiredConnection.ts';
import { hasToken, maskedHeaders, mergedSettings } from './mappingHeaders.ts';
import { compareSecret } from './maskedValue.ts';
import type { PlanStep } from './planStep.ts';

/** What is set up at Segment. */
export interface ActualConnection {
  readonly sourceId: string;
  readonly metadataId: string;
  /** Id of the action "Send". */
  readonly actionId: string;
  /** `undefined` if there is none yet. */
  readonly destination: SegmentDestination | undefined;
  readonly mappings: readonly SegmentMapping[];
}

/** Choices of the user. */
export interface PlanOptions {
  /** Write the shared secret even if it seems to be the same. */
  readonly writeSecret: boolean;
  /** Disable mappings of routes that no trigger names any more. */
  readonly prune: boolean;
}

/** One step of the plan for Segment. */
export type Step = PlanStep<StepCall, Difference>;

/** A field that differs; of a secret, neither value is in here. */
export interface Difference {
  readonly field: string;
  readonly atSegment: string;
  readonly wanted: string;
}

/** The ids of a mapping's destination may not be known before it is created. */
export type StepCall =
  | { readonly kind: 'createDestination'; readonly body: object }
  | { readonly kind: 'changeDestination'; readonly id: string; readonly body: object }
  | { readonly kind: 'createMapping'; readonly body: object }
  | { readonly kind: 'changeMapping'; readonly id: string; readonly body: object };

/** The steps that set Segment up as desired; all are "keep" or "leave" if nothing differs. */
export function planConnection(
  desired: DesiredConnection,
  actual: ActualConnection,
  options: PlanOptions,
): readonly Step[] {
  const found = pairMappings(desired.mappings, actual.mappings);
  const others = actual.mappings.filter((mapping) => ![...found.values()].includes(mapping));
  return [
    planDestination(desired, actual, options),
    ...desired.mappings.map((mapping) =>
      planMapping(mapping, found.get(mapping.name), actual.actionId, desired.alsoValid?.bearerToken ?? []),
    ),
    ...others
      .filter((mapping) => isOurs(mapping, desired.segmentUrl))
      .map((mapping) => planOrphan(mapping, desired.mappings, options)),
  ];
}

/** Whether a mapping posts to us. */
export function isOurs({ settings }: SegmentMapping, segmentUrl: string): boolean {
  const url = URL.parse(urlText(settings?.url));
  const ours = URL.parse(segmentUrl);
  const isPath = (path: string): boolean => path === ours?.pathname || path.startsWith(`${ours?.pathname}/`);
  return url !== null && url.host === ours?.host && isPath(url.pathname);
}

/** Segment keeps a fixed text as it is, or as a template. */
function urlText(url: unknown): string {
  const template = typeof url === 'object' && url !== null ? Object.values(url)[0] : url;
  return typeof template === 'string' ? template : '';
}

/** A URL without parts that may be secret. */
function shownUrl(url: unknown): string {
  const parsed = URL.parse(urlText(url));
  return parsed === null ? 'another place' : `${parsed.origin}${parsed.pathname}`;
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
  const secret = compareSecret(
    destination.settings.sharedSecret,
    sharedSecret,
    ...(desired.alsoValid?.sharedSecret ?? []),
  );
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
    differences: changes.map((field) =>
      differenceOf(field, { ...destination.settings, ...destination }, { ...settings, enabled: true }),
    ),
    call: { kind: 'changeDestination', id: destination.id, body },
  };
}

function planMapping(
  desired: DesiredMapping,
  found: SegmentMapping | undefined,
  actionId: string,
  otherTokens: readonly string[],
): Step {
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
  const differing = differingSettings(settings, found.settings ?? {}, otherTokens);
  const changes = [
    ...(found.name === name ? [] : ['name']),
    ...(found.enabled ? [] : ['enabled']),
    ...(isSameFilter(found.trigger, trigger) ? [] : ['trigger']),
    ...differing,
  ];
  if (changes.length === 0) {
    return { what, action: 'keep', changes: [] };
  }
  const lost = (differing.length === 0 ? [] : maskedHeaders(found.settings?.headers)).map(
    (header) => `header ${header} is masked: set it again`,
  );
  const body = {
    ...(found.name === name ? {} : { name }),
    ...(found.enabled ? {} : { enabled: true }),
    ...(isSameFilter(found.trigger, trigger) ? {} : { trigger }),
    ...(differing.length === 0 ? {} : { settings: mergedSettings(settings, found.settings ?? {}) }),
  };
  return {
    what,
    action: 'update',
    changes: [...changes, ...lost],
    differences: changes.map((field) =>
      differenceOf(field, { ...found.settings, ...found }, { ...settings, ...desired, enabled: true }),
    ),
    details,
    call: { kind: 'changeMapping', id: found.id, body },
  };
}

function planOrphan(
  { id, name, enabled, settings }: SegmentMapping,
  desired: readonly DesiredMapping[],
  { prune }: PlanOptions,
): Step {
  const what = `mapping ${name ?? id}`;
  const isSurplus = desired.some((mapping) => mapping.settings.url === settings?.url);
  const reason = `posts to ${shownUrl(settings?.url)}, which ${isSurplus ? 'other mappings serve' : 'no trigger names'}`;
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

/** Pairs by name, or else by URL with a mapping that is not paired yet. */
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

/** Fields whose values are or may contain secrets. */
const secretFields: ReadonlySet<string> = new Set(['sharedSecret', 'headers', 'data']);

function differenceOf(
  field: string,
  actual: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
): Difference {
  return secretFields.has(field)
    ? {
        field,
        atSegment: 'differs',
        wanted: field === 'data' ? 'the whole event' : "as in the stack's secret",
      }
    : { field, atSegment: shownValue(field, actual[field]), wanted: shownValue(field, wanted[field]) };
}

function shownValue(field: string, value: unknown): string {
  if (field === 'url') {
    return shownUrl(value);
  }
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
}

/** Segment may format a filter in its own way. */
function isSameFilter(actual: string | null | undefined, desired: string): boolean {
  if (actual === desired || typeof actual !== 'string') {
    return actual === desired;
  }
  const parsed = parseFql(actual);
  return !('error' in parsed) && isDeepStrictEqual(parsed, parseFql(desired));
}

function differingSettings(
  desired: Readonly<Record<string, unknown>>,
  actual: Readonly<Record<string, unknown>>,
  otherTokens: readonly string[],
): readonly string[] {
  return Object.entries(desired)
    .filter(([name, value]) => !isSameSetting(name, value, actual[name], otherTokens))
    .map(([name]) => name);
}

function isSameSetting(
  name: string,
  desired: unknown,
  actual: unknown,
  otherTokens: readonly string[],
): boolean {
  switch (name) {
    case 'headers':
      // A value that cannot be seen counts as ours.
      return hasToken(actual, desired, otherTokens) !== 'different';
    case 'enable_batching':
      return String(actual ?? false) === String(desired);
    case 'batch_keys':
      // Hidden at Segment, and not always shown.
      return actual === undefined || isDeepStrictEqual(desired, actual);
    case 'batch_size':
      // Real exports have it as text, too.
      return Number(actual) === desired;
    default:
      return isDeepStrictEqual(desired, actual);
  }
}
