import * as z from 'zod/mini';
import type { OperationCall, PullAnswer } from '../pull.ts';
import { channelFields, type ProfileChannels, readChannels, type StoredSource } from './profileChannels.ts';

/** A profile that was read. */
export interface Profile {
  /** As it was found, in a file or a preview. */
  readonly id: string;
  /** Those that were asked for. */
  readonly traits: Readonly<Record<string, unknown>>;
  readonly channels?: ProfileChannels;
}

/** What is read of a profile. */
export interface ProfileQuestion {
  readonly space: string;
  readonly traits: readonly string[];
  readonly channels?: boolean;
}

const traitsSchema = z.object({ traits: z.record(z.string(), z.unknown()) });

/** The calls that read profiles, in the order of the profiles. */
export function profileCalls(
  profiles: readonly string[],
  { space, traits, channels }: ProfileQuestion,
): readonly OperationCall[] {
  return profiles.flatMap((profile): readonly OperationCall[] => {
    const path = { space, profile };
    const query = { include: traits.join(','), limit: '100' };
    return [
      { operation: 'readProfileTraits', request: { path, query } },
      ...(channels === true
        ? [{ operation: 'readProfileIds' as const, request: { path, query: { limit: '100' } } }]
        : []),
    ];
  });
}

/**
 * The profiles that Segment knows, from the answers to {@link profileCalls}.
 *
 * @throws ZodError
 */
export function readProfileAnswers(
  ids: readonly string[],
  { traits, channels }: ProfileQuestion,
  answers: readonly PullAnswer[],
  sources: readonly StoredSource[] = [],
): readonly Profile[] {
  const callsEach = channels === true ? 2 : 1;
  return ids.flatMap((id, index) => {
    const [ownTraits, ownIds] = answers.slice(index * callsEach);
    if (ownTraits?.found !== true) {
      return [];
    }
    const found = traitsSchema.parse(ownTraits.value).traits;
    const chosen = Object.entries(found).filter(([name]) => traits.includes(name));
    const profile = { id, traits: Object.fromEntries(chosen) };
    return [channels === true ? { ...profile, channels: readChannels(ownIds?.value, sources) } : profile];
  });
}

/** The fields that groups are summed up by. */
export function fieldsOf({ traits, channels }: ProfileQuestion): readonly string[] {
  return channels === true ? [...traits, ...channelFields] : traits;
}

/** The value of a field: a trait, or what is known of the channels. */
export function fieldOf({ traits, channels }: Profile, field: string): unknown {
  if (channels === undefined) {
    return traits[field];
  }
  const ofChannels: Readonly<Record<string, unknown>> = {
    channels: channels.channels,
    channel_count: channels.channels.length,
    sources: channels.sources,
  };
  return Object.hasOwn(ofChannels, field) ? ofChannels[field] : traits[field];
}
