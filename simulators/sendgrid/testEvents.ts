import { randomBytes } from 'node:crypto';

const kinds: Readonly<Record<string, object>> = {
  processed: {},
  deferred: { response: '400 try again later', attempt: '5' },
  delivered: { response: '250 OK' },
  open: { useragent: 'Mozilla/4.0 (compatible; MSIE 6.1; Windows XP)', ip: '255.255.255.255' },
  click: {
    useragent: 'Mozilla/4.0 (compatible; MSIE 6.1; Windows XP)',
    ip: '255.255.255.255',
    url: 'http://www.sendgrid.com/',
  },
  bounce: { reason: '500 unknown recipient', status: '5.0.0' },
  dropped: { reason: 'Bounced Address', status: '5.0.0' },
  spamreport: {},
  unsubscribe: {},
  group_unsubscribe: {
    useragent: 'Mozilla/4.0 (compatible; MSIE 6.1; Windows XP)',
    ip: '255.255.255.255',
    url: 'http://www.sendgrid.com/',
    asm_group_id: 10,
  },
  group_resubscribe: {
    useragent: 'Mozilla/4.0 (compatible; MSIE 6.1; Windows XP)',
    ip: '255.255.255.255',
    url: 'http://www.sendgrid.com/',
    asm_group_id: 10,
  },
};

/**
 * The events of a test: one of each kind, for an address that nobody has.
 *
 * Source: tests of 2023 and 2025 that were recorded with their signature: they had all kinds, whatever the webhook wants.
 */
export function testEvents(nowMs: number): readonly object[] {
  return Object.entries(kinds).map(([event, more]) => ({
    email: 'example@test.com',
    timestamp: Math.floor(nowMs / 1000),
    'smtp-id': '<14c5d75ce93.dfd.64b469@ismtpd-555>',
    event,
    category: ['cat facts'],
    sg_event_id: `${randomBytes(16).toString('base64url')}==`,
    sg_message_id: '14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0',
    ...more,
  }));
}
