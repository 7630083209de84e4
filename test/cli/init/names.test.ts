import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newTriggers } from '../../../cli/init/newTrigger.ts';
import { packageName } from '../../../cli/init/packageFile.ts';

const limits = { action: 'askMave', cooldown: '24h', budget: 1_000 } as const;
const names = (...events: readonly string[]): readonly string[] =>
  newTriggers(
    events.map((name) => ({ source: 'segment', name })),
    limits,
  ).map(({ name }) => name);

describe('the names of new triggers', () => {
  it('derive from the names of events', () => {
    expect(names('churn_signal', 'Order Completed', 'planUpgraded', 'Überraschung!')).toEqual([
      'churn-signal',
      'order-completed',
      'plan-upgraded',
      'uberraschung',
    ]);
  });

  it('differ, also for events whose names differ only in signs', () => {
    expect(names('a b', 'a-b', 'a_b', '购买', '🎉')).toEqual(['a-b', 'a-b-2', 'a-b-3', 'event', 'event-2']);
  });

  it('tell segments of SegOps from events', () => {
    const segments = ['all', 'High LTV'].map((name) => ({ source: 'segops', name }) as const);
    expect(newTriggers(segments, limits).map(({ name }) => name)).toEqual([
      'segment-recomputed',
      'segment-high-ltv',
    ]);
  });

  it('are names that a triggers file may have, whatever the events are called', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 90 }), { maxLength: 12 }), (events) => {
        const made = names(...events);
        expect(new Set(made).size).toBe(events.length);
        expect(made.filter((name) => !/^[a-z0-9-]{1,64}$/.test(name))).toEqual([]);
      }),
    );
  });
});

describe('the name of the package', () => {
  it.each([
    ['/home/ada/Customer Research', 'customer-research'],
    ['/tmp/.hidden', 'hidden'],
    ['/tmp/_x_', 'x_'],
    ['/tmp/Forschung über Käufer', 'forschung-uber-kaufer'],
    ['/tmp/研究', 'customer-research'],
    ['/', 'customer-research'],
    // npm would not install a package into itself.
    ['/tmp/mavera-triggers', 'customer-research'],
    ['/tmp/node_modules', 'customer-research'],
  ])('of the folder %s is %s', (folder, name) => {
    expect(packageName(folder)).toBe(name);
  });

  it('is one that npm takes, whatever the folder is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }), (folder) => {
        const name = packageName(`/tmp/${folder}`);
        expect(name).toMatch(/^[a-z0-9-][a-z0-9._-]*$/);
        expect(name.length).toBeLessThanOrEqual(214);
      }),
    );
  });
});
