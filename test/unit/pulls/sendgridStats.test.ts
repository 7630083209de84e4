import { describe, expect, it } from 'vitest';
import { sendgridStats } from '../../../functions/pulls/sendgridStats.ts';
import { takeAll } from './takeAll.ts';

const devices = ['2026-11-18', '2026-11-19'].map((date, day) => ({
  date,
  stats: [
    { type: 'device', name: 'Phone', metrics: { opens: 60 + day, unique_opens: 40 } },
    { type: 'device', name: 'Desktop', metrics: { opens: 36, unique_opens: 30 } },
    { type: 'device', name: 'Tablet', metrics: { opens: 4 - day, unique_opens: 2 } },
  ],
}));
const provinces = [
  {
    date: '2026-11-19',
    stats: [
      { type: 'province', name: 'TX', metrics: { opens: 10, unique_opens: 8, clicks: 3, unique_clicks: 2 } },
    ],
  },
];

describe('sendgridStats', () => {
  it('asks for the whole days before today, of each split', () => {
    const { calls } = takeAll(sendgridStats({ by: ['device', 'geo'], days: 3 }), () => []);
    const query = {
      start_date: '2026-11-17',
      end_date: '2026-11-19',
      aggregated_by: 'day',
      limit: '500',
    };
    expect(calls).toEqual([
      { operation: 'readDeviceStats', request: { query } },
      { operation: 'readGeoStats', request: { query } },
    ]);
  });

  it('gives an event for each split, with the sums of its names', () => {
    const { events } = takeAll(sendgridStats({ by: ['device', 'geo'] }), ({ operation }) =>
      operation === 'readDeviceStats' ? devices : provinces,
    );
    expect(events.map(({ item }) => item)).toEqual(['device', 'geo']);
    expect(events[0]?.properties).toEqual({
      by: 'device',
      from: '2026-11-13',
      to: '2026-11-19',
      opens: 200,
      rows: [
        { name: 'Phone', opens: 121, uniqueOpens: 80, clicks: 0, share: 0.605 },
        { name: 'Desktop', opens: 72, uniqueOpens: 60, clicks: 0, share: 0.36 },
        { name: 'Tablet', opens: 7, uniqueOpens: 4, clicks: 0, share: 0.035 },
      ],
    });
    expect(events[1]?.properties.rows).toEqual([
      { name: 'TX', opens: 10, uniqueOpens: 8, clicks: 3, share: 1 },
    ]);
  });

  it('compares shares, and leaves out names with a few opens', () => {
    const { events } = takeAll(sendgridStats({ by: ['device'] }), () => devices);
    expect(events[0]?.compared?.roughly).toEqual({ Phone: 0.605, Desktop: 0.36 });
  });

  it('gives nothing without opens', () => {
    expect(takeAll(sendgridStats({ by: ['client', 'mailbox'] }), () => []).events).toEqual([]);
  });

  it.each([
    [{ by: [] }, /^sendgridStats: by: expected a list of device, geo, client, mailbox, got \[\]$/],
    [{ by: ['browser'] }, /^sendgridStats: by/],
    [{ by: ['device'], days: 8 }, /^sendgridStats: days: expected a whole number from 1 to 7, got 8$/],
  ])('refuses %j', (options, problem) => {
    expect(() => sendgridStats(options as Parameters<typeof sendgridStats>[0])).toThrow(problem);
  });
});
