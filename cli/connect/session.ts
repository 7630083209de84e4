import { setTimeout as sleep } from 'node:timers/promises';
import { sourcesOf } from '../../functions/triggers/sourcesOf.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import { loadTriggers } from '../../infra/bundling/loadTriggers.ts';
import type { Output } from '../ops/output.ts';
import { ConnectError } from './connectError.ts';
import { type ConnectOptions, segmentAddress } from './connectOptions.ts';
import { type AlsoValid, type DesiredConnection, desiredMappings } from './plan/desiredConnection.ts';
import { type ActualConnection, isOurs } from './plan/planConnection.ts';
import { type RotatedMember, readRotation } from './rotate/rotation.ts';
import type { SegmentSecret } from './secret/segmentSecret.ts';
import type { SegmentDestination, SegmentMapping, SegmentSource } from './segmentApi/apiSchemas.ts';
import { SegmentApi } from './segmentApi/segmentApi.ts';
import type { ConnectTarget } from './target/connectTarget.ts';

/** Webhooks (Actions) in Segment's catalog. */
export const webhooksMetadataId = '614a3c7d791c91c41bae7599';

const signatureSetting = 'useSegmentSignatureHeader';

/** A Segment source, and what is set up for it. */
export interface Session {
  readonly api: SegmentApi;
  readonly trackingUrl: string;
  readonly source: SegmentSource;
  readonly triggers: readonly Trigger[];
  readonly actual: ActualConnection;
  readonly offersSignatureHeader: boolean;
}

/** Reads all that a plan needs. @throws ConnectError, TriggersFileError */
export async function openSession(
  target: ConnectTarget,
  options: ConnectOptions,
  output: Output,
): Promise<Session> {
  const { api, trackingUrl } = segmentApi(target, options, output);
  const triggers = loadTriggers(options.triggers ?? target.triggersFile ?? 'triggers.ts');
  if (triggers.length > 0 && !sourcesOf(triggers).has('segment')) {
    throw new ConnectError(
      'No trigger has Segment as its source, so the receiver is not open for it: nothing to connect.',
    );
  }
  const source = await findSource(api, options.source);
  const entry = await api.catalogEntry(webhooksMetadataId);
  const actionId = entry.actions.get('send');
  if (actionId === undefined) {
    throw new ConnectError(
      'Segment\'s catalog has no action "Send" for Webhooks (Actions): set it up by hand, docs/connect-segment.md.',
    );
  }
  const found = await findDestination(api, source.id, nameOf(options, target), target.segmentUrl);
  return {
    api,
    trackingUrl,
    source,
    triggers,
    actual: { sourceId: source.id, metadataId: webhooksMetadataId, actionId, ...found },
    offersSignatureHeader: entry.settingNames.includes(signatureSetting),
  };
}

/** The client of Segment's Public API, with the token of the environment. @throws ConnectError */
export function segmentApi(
  target: ConnectTarget,
  options: Pick<ConnectOptions, 'eu' | 'apiUrl' | 'trackingUrl'>,
  output: Output,
): { readonly api: SegmentApi; readonly trackingUrl: string } {
  const { apiUrl, trackingUrl, token } = segmentAddress(options, target, process.env);
  return { api: new SegmentApi({ apiUrl, token, sleep, onWait: (text) => output.note(text) }), trackingUrl };
}

/** The session with what is set up at Segment now. @throws ConnectError */
export async function readAgain(
  target: ConnectTarget,
  session: Session,
  options: ConnectOptions,
): Promise<Session> {
  const { api, source, actual } = session;
  const found = await findDestination(api, source.id, nameOf(options, target), target.segmentUrl);
  return { ...session, actual: { ...actual, ...found } };
}

/** What should be set up at Segment. */
export function desiredConnection(
  target: ConnectTarget,
  { triggers, offersSignatureHeader }: Session,
  { sharedSecret, bearerToken = '', alsoValid }: SecretsInUse,
  options: ConnectOptions,
): DesiredConnection {
  const { segmentUrl } = target;
  const { batching, batchSize, deletes } = options;
  return {
    name: nameOf(options, target),
    segmentUrl,
    sharedSecret,
    bearerToken,
    alsoValid,
    useSegmentSignatureHeader: offersSignatureHeader ? true : undefined,
    mappings: desiredMappings(triggers, { segmentUrl, bearerToken, batching, batchSize, deletes }),
  };
}

/** The values of the secret that Segment should use. */
export interface SecretsInUse {
  readonly sharedSecret: string;
  /** `undefined`: there is none. */
  readonly bearerToken: string | undefined;
  readonly alsoValid: AlsoValid;
}

/**
 * The values that Segment should use: the first of each. During a rotation, until Segment has the new value, it is the old
 * one, which every receiver knows; both values are then accepted.
 */
export function currentSecrets({ credentials, members }: SegmentSecret): SecretsInUse {
  const rotation = readRotation(members);
  const isPending = (what: RotatedMember): boolean =>
    rotation?.what === what && rotation.switchedAt === undefined;
  const inUse = (what: RotatedMember): string | undefined =>
    isPending(what) ? (credentials[what][1] ?? credentials[what][0]) : credentials[what][0];
  const others = (what: RotatedMember): readonly string[] => (isPending(what) ? credentials[what] : []);
  return {
    sharedSecret: inUse('sharedSecret') ?? '',
    bearerToken: inUse('bearerToken'),
    alsoValid: { sharedSecret: others('sharedSecret'), bearerToken: others('bearerToken') },
  };
}

function nameOf({ name }: ConnectOptions, { destinationName }: ConnectTarget): string {
  return name ?? destinationName;
}

async function findSource(api: SegmentApi, wanted: string): Promise<SegmentSource> {
  const sources = await api.sources();
  const found = sources.find(({ id, slug }) => id === wanted || slug === wanted);
  if (found === undefined) {
    const slugs = sources.map(({ slug }) => slug).join(', ');
    throw new ConnectError(
      `There is no source "${wanted}" in this workspace; the sources are ${slugs || 'none'}.`,
    );
  }
  return found;
}

interface FoundDestination {
  readonly destination: SegmentDestination | undefined;
  readonly mappings: readonly SegmentMapping[];
}

/**
 * Finds the destination that posts to us, by its name if there are several; or else one of that name.
 *
 * @throws ConnectError if it also posts elsewhere: a changed secret would make those events be refused
 */
async function findDestination(
  api: SegmentApi,
  sourceId: string,
  name: string,
  segmentUrl: string,
): Promise<FoundDestination> {
  const candidates = (await api.destinations()).filter(
    (destination) => destination.sourceId === sourceId && destination.metadata.id === webhooksMetadataId,
  );
  const known = await Promise.all(
    candidates.map(async (destination) => ({ destination, mappings: await api.mappings(destination.id) })),
  );
  const ours = known.filter(({ mappings }) => mappings.some((mapping) => isOurs(mapping, segmentUrl)));
  const isNamed = ({ destination }: (typeof known)[number]): boolean => destination.name === name;
  const found = ours.find(isNamed) ?? ours[0] ?? known.find(isNamed);
  if (found === undefined) {
    return { destination: undefined, mappings: [] };
  }
  const others = found.mappings.filter((mapping) => mapping.enabled && !isOurs(mapping, segmentUrl));
  if (others.length > 0) {
    throw new ConnectError(
      `The destination "${found.destination.name ?? found.destination.id}" also posts elsewhere (${others
        .map((mapping) => mapping.name ?? mapping.id)
        .join(
          ', ',
        )}), and has one secret for all of it: give this system a destination of its own with --name, ` +
        'and disable its mappings in the other one.',
    );
  }
  return found;
}
