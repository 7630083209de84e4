/**
 * The write key of a request to the Tracking API: the user of Basic authentication, or `writeKey` in the body.
 * GUESS: the header wins over the body.
 *
 * Source: Segment docs, HTTP API, "Authentication": `Basic base64(writeKey + ":")`; OAuth tokens come with the key in
 * the body.
 *
 * @returns `undefined` when there is none
 */
export function trackingKey(authorization: string | undefined, keyInBody: unknown): string | undefined {
  const [, credentials = ''] = /^Basic +(\S+)$/i.exec(authorization ?? '') ?? [];
  const [user = ''] = Buffer.from(credentials, 'base64').toString('utf8').split(':', 1);
  if (user !== '') {
    return user;
  }
  return typeof keyInBody === 'string' && keyInBody !== '' ? keyInBody : undefined;
}
