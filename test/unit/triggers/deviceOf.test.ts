import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { deviceOf } from 'mavera-triggers';
import { describe, expect, it } from 'vitest';

/** The events of a file of examples. */
function examples(file: string): readonly Readonly<Record<string, unknown>>[] {
  const lines = readFileSync(new URL(`../../../examples/${file}`, import.meta.url), 'utf8')
    .trim()
    .split('\n');
  return lines.flatMap((line) => JSON.parse(line));
}

describe('the device of a user agent', () => {
  it.each([
    // An e-mail or a page on a phone, a tablet or a desktop
    [
      'phone',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
    ],
    [
      'phone',
      'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36',
    ],
    ['phone', 'Outlook-iOS/723.4027091.prod.iphone (4.28.0)'],
    [
      'tablet',
      'Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1',
    ],
    [
      'tablet',
      'Mozilla/5.0 (Linux; Android 13; SM-X200) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
    ],
    [
      'desktop',
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
    ],
    ['desktop', 'Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17628; Pro)'],
    ['desktop', 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.0'],
    [
      'tv',
      'Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) 76.0.3809.146/6.0 TV Safari/537.36',
    ],
    // Apple's Mail Privacy Protection
    ['unknown', 'Mozilla/5.0'],
    // The proxies of Google and Yahoo
    ['unknown', 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)'],
    ['unknown', 'YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html'],
    // Programs
    ['unknown', 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'],
    ['unknown', 'python-requests/2.31.0'],
    ['unknown', 'okhttp/4.9.0'],
    ['unknown', 'Dalvik/2.1.0 (Linux; U; Android 8.1.0; SM-G960F Build/M1AJQ)'],
    ['unknown', ''],
    ['unknown', ' '],
    ['unknown', undefined],
    ['unknown', null],
    ['unknown', 42],
  ])('is %s: %s', (device, userAgent) => {
    expect(deviceOf(userAgent)).toBe(device);
  });

  it('is one of five, whatever the text', () => {
    const devices = ['phone', 'tablet', 'desktop', 'tv', 'unknown'];
    fc.assert(fc.property(fc.anything(), (anything) => devices.includes(deviceOf(anything))));
    fc.assert(fc.property(fc.string({ maxLength: 2_000 }), (text) => devices.includes(deviceOf(text))));
  });
});

describe('the device of an event', () => {
  const userAgent =
    'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36';

  it("is read of the user agent in Segment's context, or in SendGrid's properties", () => {
    expect(deviceOf({ context: { userAgent }, properties: {} })).toBe('phone');
    expect(deviceOf({ context: {}, properties: { useragent: userAgent } })).toBe('phone');
    expect(deviceOf({ context: {}, properties: {} })).toBe('unknown');
  });

  it('is unknown if SendGrid says that a machine of Apple has opened the e-mail', () => {
    const properties = { useragent: userAgent, sg_machine_open: true };
    expect(deviceOf({ context: {}, properties })).toBe('unknown');
    expect(deviceOf({ context: {}, properties: { ...properties, sg_machine_open: false } })).toBe('phone');
  });

  it('is found in the examples of Segment and SendGrid', () => {
    const ofSegment = examples('trials.ndjson').map(deviceOf);
    expect(ofSegment).toContain('desktop');
    const ofSendGrid = examples('sendgrid/e-mails.ndjson').map((properties) => deviceOf({ properties }));
    expect(new Set(ofSendGrid)).toEqual(new Set(['desktop', 'unknown']));
  });
});
