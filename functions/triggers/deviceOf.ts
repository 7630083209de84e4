import bowser from 'bowser';

/** What an e-mail or a page was read on. `unknown`: a proxy, a program, or a device that nothing tells. */
export type Device = 'phone' | 'tablet' | 'desktop' | 'tv' | 'unknown';

/** By the types of bowser. Bots are `unknown`. */
const devices: Readonly<Record<string, Device>> = {
  mobile: 'phone',
  tablet: 'tablet',
  desktop: 'desktop',
  tv: 'tv',
};

/**
 * Not what the reader has. Google and Yahoo load pictures through a proxy, which calls itself a browser on a desktop.
 * Android names itself `Dalvik` where an app loads something: that does not tell a phone from a tablet.
 */
const hidesDevice = /proxy|^dalvik/i;
/** Real ones have up to some 300 characters. */
const mostCharacters = 500;

/**
 * The kind of device of an event or of a user agent. Of an event it reads `context.userAgent` (Segment), or
 * `properties.useragent` (SendGrid). An open that Apple's Mail Privacy Protection has made is `unknown`: SendGrid says so in
 * `sg_machine_open`, and Apple's user agent is no more than `Mozilla/5.0`. User agents are read with the library bowser.
 *
 * @param subject an event, or a user agent
 * @example deviceOf('Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) …') // 'phone'
 */
export function deviceOf(subject: unknown): Device {
  const userAgent = typeof subject === 'object' && subject !== null ? userAgentOf(subject) : subject;
  if (typeof userAgent !== 'string' || userAgent === '' || hidesDevice.test(userAgent)) {
    return 'unknown';
  }
  const { type } = bowser.parse(userAgent.slice(0, mostCharacters)).platform;
  return devices[type ?? ''] ?? 'unknown';
}

function userAgentOf({ context, properties }: { context?: Fields; properties?: Fields }): unknown {
  return properties?.sg_machine_open === true ? undefined : (properties?.useragent ?? context?.userAgent);
}

type Fields = Readonly<Record<string, unknown>>;
