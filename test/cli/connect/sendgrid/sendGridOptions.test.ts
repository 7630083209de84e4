import { describe, expect, it } from 'vitest';
import { sendGridAddress } from '../../../../cli/connect/sendgrid/sendGridOptions.ts';
import { routeOf, sourceUrl } from '../../../../cli/connect/sendgrid/webhookUrl.ts';

const deployed = { segmentUrl: 'https://hooks.example.com/segment' };
const local = {
  segmentUrl: 'http://127.0.0.1:8787/segment',
  sendgridApi: { apiUrl: 'http://127.0.0.1:4020', apiKey: 'SG.local' },
};
const key = { SENDGRID_API_KEY: 'SG.key' };

describe("the address of SendGrid's API", () => {
  it.each([
    ['in the US', {}, 'https://api.sendgrid.com'],
    ['in the EU, with --eu', { eu: true }, 'https://api.eu.sendgrid.com'],
    ['as given', { sendgridUrl: 'https://proxy.example.com' }, 'https://proxy.example.com'],
  ] as const)('is the one %s', (_what, options, apiUrl) => {
    expect(sendGridAddress(options, deployed, key)).toEqual({ apiUrl, apiKey: 'SG.key' });
  });

  it('of the local system is the stand-in, whose key is known', () => {
    expect(sendGridAddress({}, local, {})).toEqual(local.sendgridApi);
    expect(sendGridAddress({}, local, key)).toEqual({ apiUrl: 'http://127.0.0.1:4020', apiKey: 'SG.key' });
    expect(() => sendGridAddress({ sendgridUrl: 'http://127.0.0.1:4021' }, local, {})).toThrow(
      'SENDGRID_API_KEY is not set',
    );
  });
});

describe('the URL that SendGrid posts to', () => {
  it('stands beside the URL of Segment', () => {
    expect(sourceUrl('https://hooks.example.com/stage/segment', 'segops')).toBe(
      'https://hooks.example.com/stage/segops',
    );
  });

  it.each([
    ['https://hooks.example.com/sendgrid', 'default'],
    ['https://hooks.example.com/sendgrid/', 'default'],
    ['https://hooks.example.com/sendgrid/default?key=2', 'default'],
    ['https://HOOKS.example.com/sendgrid/clicks/', 'clicks'],
    ['https://hooks.example.com/sendgridx', undefined],
    ['https://hooks.example.com/segment', undefined],
    ['https://hooks.example.com.evil.example/sendgrid', undefined],
    ['not a URL', undefined],
  ])('%s has the route %s', (url, route) => {
    expect(routeOf(url, 'https://hooks.example.com/sendgrid')).toBe(route);
  });
});
