import { expect, it } from 'vitest';
import { describeTrigger } from '../../cli/triggers/describeTrigger.ts';
import { askMave, definePull, segmentAudiences, segopsSegments, trigger } from '../../functions/index.ts';

const run = askMave(() => ({ message: 'Why?' }));

it('a trigger that pulls is described by what it pulls, and when', () => {
  const from = segmentAudiences({ space: 'spa_1' });
  const cron = { cron: '0 9 ? * MON *', timeZone: 'Europe/Berlin' };
  expect(describeTrigger(trigger({ name: 'a', from, every: '7d' }, run))[0]).toContain(
    'pulls segmentAudiences each Tuesday at 03:39 (UTC)',
  );
  expect(describeTrigger(trigger({ name: 'a', from, every: '7d' }, run)).at(-1)).toBe(
    'its pull needs segment: audiences (read)',
  );
  expect(describeTrigger(trigger({ name: 'a', from, every: cron }, run))[0]).toContain(
    'pulls segmentAudiences each Monday at 09:00 (Europe/Berlin)',
  );
});

it('a trigger that catches up is described by its source, and by its pull', () => {
  const catchUp = { from: segopsSegments({ tenant: 'acme' }), every: '30m' } as const;
  const lines = describeTrigger({ name: 'a', source: 'segops', when: 'event = "x"', catchUp, run });
  expect(lines).toContain('catches up with segopsSegments every 30 minutes (UTC)');
  expect(lines[0]).toContain('source segops');
});

it('a pull that calls nothing is described as one that needs no access', () => {
  const from = definePull({ kind: 'own', source: 'segment', operations: [], start: {}, step: () => ({}) });
  expect(describeTrigger(trigger({ name: 'a', from, every: '7d' }, run)).at(-1)).toBe(
    'its pull needs no access',
  );
});
