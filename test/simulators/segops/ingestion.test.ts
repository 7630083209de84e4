import { describe, expect, it } from 'vitest';
import { useSegOps } from './segOps.ts';

const event = {
  user_id: 'u_1001',
  event_type: 'mavera_answer',
  occurred_at: '2026-11-29T12:00:00Z',
  payload: { run_id: 'run-1', content: 'They stay.' },
};
const batch = '/ingestion/track/batch/';

describe('the ingestion of SegOps', () => {
  it('queues an event', async () => {
    const { segops, call } = await useSegOps();
    expect(await call('POST', '/ingestion/track/', event)).toMatchObject({
      status: 202,
      body: { queued: true },
    });
    expect(segops.events()).toEqual([event]);
  });

  it('queues a batch, and drops silently what does not pass validation', async () => {
    const { segops, call } = await useSegOps();
    const events = [
      event,
      { ...event, user_id: '' },
      { event_type: 'no_user' },
      { ...event, event_type: 'Not Snake Case' },
      { ...event, occurred_at: 'yesterday' },
      { ...event, payload: 'text' },
      null,
      { user_id: 'u_1002', event_type: 'context_identified' },
    ];
    expect(await call('POST', batch, { events })).toMatchObject({
      status: 202,
      body: { queued: 2, skipped: 6 },
    });
    expect(segops.events().map(({ user_id: userId }) => userId)).toEqual(['u_1001', 'u_1002']);
  });

  it('keeps an event again that is sent again, and counts it by its run', async () => {
    const { segops, call } = await useSegOps();
    const other = { ...event, payload: { run_id: 'run-2' } };
    await call('POST', batch, { events: [event, other] });
    await call('POST', batch, { events: [event] });
    expect(segops.receivedByRun()).toEqual(
      new Map([
        ['run-1', 2],
        ['run-2', 1],
      ]),
    );
  });

  it('has done the work of a call whose answer is cut, and not of one that is cut before', async () => {
    const { segops, call } = await useSegOps();
    segops.inject({ kind: 'cut-before', path: batch });
    await expect(call('POST', batch, { events: [event] })).rejects.toThrow();
    expect(segops.events()).toEqual([]);
    segops.inject({ kind: 'cut-after', path: batch });
    await expect(call('POST', batch, { events: [event] })).rejects.toThrow();
    expect(segops.events()).toEqual([event]);
  });

  it('refuses a single event that does not pass validation, naming the field', async () => {
    const { call } = await useSegOps();
    expect(await call('POST', '/ingestion/track/', { event_type: 'x' })).toMatchObject({
      status: 400,
      body: { user_id: ['This field is required.'] },
    });
    expect(await call('POST', '/ingestion/track/', { ...event, event_type: 'Not Snake' })).toMatchObject({
      status: 400,
      body: { event_type: [expect.stringContaining('snake_case')] },
    });
  });

  it('refuses more than 500 events, and a body without events', async () => {
    const { segops, call } = await useSegOps();
    const many = (count: number): object => ({ events: Array.from({ length: count }, () => event) });
    expect((await call('POST', batch, many(501))).status).toBe(400);
    expect((await call('POST', batch, {})).status).toBe(400);
    expect(segops.events()).toEqual([]);
    expect((await call('POST', batch, many(500))).body).toEqual({ queued: 500, skipped: 0 });
  });
});
