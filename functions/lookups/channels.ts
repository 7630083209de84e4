import type { Channel } from './segmentProfile.ts';

/** A Segment source, as far as it tells the channel. */
export interface SegmentSource {
  readonly name: string;
  /** The slug of its kind, such as `javascript`, `ios` or `node`. */
  readonly kind?: string | undefined;
}

const order: readonly Channel[] = ['web', 'ios', 'android', 'email', 'server', 'other'];

/** Source: Segment, "Profile API", types of external ids. An id that every channel has, such as `user_id`, is absent. */
const channelOfIdType: Readonly<Record<string, Channel>> = {
  email: 'email',
  ga_client_id: 'web',
  'ios.id': 'ios',
  'ios.idfa': 'ios',
  'ios.push_token': 'ios',
  'android.id': 'android',
  'android.idfa': 'android',
  'android.push_token': 'android',
};

/** How the slugs of Segment's source catalogue begin. What none of them begins says nothing. */
const channelOfSource: readonly (readonly [RegExp, Channel])[] = [
  [/^(javascript|analytics-js|website|project|amp|shopify)/, 'web'],
  [/^(ios|swift|objective-c|apple)/, 'ios'],
  [/^(android|kotlin)/, 'android'],
  [/^(sendgrid|mailchimp|mandrill|klaviyo|iterable|customer-io)/, 'email'],
  [/^(http|node|python|ruby|go|java|php|net|csharp|pixel|server|rust|clojure)/, 'server'],
];

/**
 * The channels that a profile's ids and Segment sources tell of, each once, in a fixed order. `other` stands for sources
 * that say nothing, and only if no channel is known.
 */
export function channelsOf(
  idTypes: readonly string[],
  sources: readonly SegmentSource[],
): readonly Channel[] {
  const found = new Set<Channel>([
    ...idTypes.flatMap((type) =>
      Object.hasOwn(channelOfIdType, type) ? [channelOfIdType[type] ?? 'other'] : [],
    ),
    ...sources.flatMap(({ kind = '' }) => channelOfKind(kind.toLowerCase())),
  ]);
  if (found.size === 0 && idTypes.length + sources.length > 0) {
    return ['other'];
  }
  return order.filter((channel) => found.has(channel));
}

function channelOfKind(kind: string): readonly Channel[] {
  const channel = channelOfSource.find(([pattern]) => pattern.test(kind))?.[1];
  return channel === undefined ? [] : [channel];
}
