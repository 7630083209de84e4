import { describe, expect, it } from 'vitest';
import { type SegmentProfileOptions, segmentProfile } from '../../../functions/lookups/segmentProfile.ts';
import type { SourceName } from '../../../functions/sources/source.ts';
import { askMave } from '../../../functions/triggers/actions.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';
import { acceptedRoutes } from '../../../infra/settings/acceptedRoutes.ts';
import { checkTriggers } from '../../../infra/settings/checkTriggers.ts';
import { resolveSettings } from '../../../infra/settings/resolveSettings.ts';

function trigger(source: SourceName = 'segment', more: Partial<Trigger> = {}): Trigger {
  return {
    name: `of-${source}`,
    source,
    when: 'type = "track"',
    run: askMave(() => ({ message: 'Why?' })),
    ...more,
  };
}

const following: Trigger = {
  name: 'next',
  after: trigger('sendgrid'),
  run: askMave(() => ({ message: 'And then?' })),
};

function problems(triggers: readonly Trigger[], given: Record<string, unknown> = {}): string {
  try {
    checkTriggers(triggers, resolveSettings(given));
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('the dedupe window', () => {
  it('must be longer than SendGrid tries an event again, where a trigger names SendGrid', () => {
    expect(problems([trigger('sendgrid')], { dedupeWindow: '25h' })).toBe(
      'Setting dedupeWindow is 1 day 1 hour; give at least 26h. SendGrid sends an event again for up to 24 hours, and ' +
        'its events start runs of of-sendgrid.',
    );
    expect(problems([trigger('sendgrid')], { dedupeWindow: '26h' })).toBe('');
    expect(problems([trigger('sendgrid')])).toBe('');
  });

  it.each(['segment', 'segops'] as const)('may be shorter where only %s posts', (source) => {
    expect(problems([trigger(source)], { dedupeWindow: '4.5h' })).toBe('');
  });
});

describe('the deletion of users by events of Segment', () => {
  it('needs Segment as a source', () => {
    expect(problems([trigger('sendgrid'), trigger('segops')], { honourDeletes: true })).toBe(
      'Setting honourDeletes is true, but no trigger names the source segment. So Segment cannot post, and no `delete` ' +
        'event comes: add a trigger of Segment, or give honourDeletes=false and use `npm run ops -- forget`.',
    );
    expect(problems([trigger('sendgrid'), trigger()], { honourDeletes: true })).toBe('');
    expect(problems([], { honourDeletes: true })).toBe('');
  });
});

describe('a lookup of a Segment profile', () => {
  const looking = (options: Partial<SegmentProfileOptions>): readonly Trigger[] => [
    trigger('segment', { with: { person: segmentProfile({ traits: ['ltv'], ...options }) } }),
  ];

  it('must have a space of its own or of the setting', () => {
    expect(problems(looking({}))).toBe(
      'trigger "of-segment": its lookup person names no space: give the setting segmentProfileSpace, or ' +
        'segmentProfile({ space: … }).',
    );
    expect(problems(looking({}), { segmentProfileSpace: 'spa_1' })).toBe('');
    expect(problems(looking({ space: 'spa_2' }))).toBe('');
  });
});

describe('the accepted routes', () => {
  it('are for each source `default` and those that its triggers name', () => {
    const triggers = [
      trigger(),
      trigger('segment', { route: ['eu', 'us'] }),
      trigger('segment', { route: 'eu' }),
    ];
    expect(acceptedRoutes(triggers, undefined)).toEqual(['segment/default', 'segment/eu', 'segment/us']);
    expect(acceptedRoutes([trigger('segment', { route: 'eu' }), trigger('segops')], undefined)).toEqual([
      'segment/default',
      'segops/default',
      'segment/eu',
    ]);
  });

  it("are Segment's `default` without any trigger", () => {
    expect(acceptedRoutes([], undefined)).toEqual(['segment/default']);
  });

  it('are no more for a trigger that follows another one', () => {
    expect(acceptedRoutes([trigger('sendgrid'), following], undefined)).toEqual(['sendgrid/default']);
  });

  it('are those of the setting if it is given', () => {
    const triggers = [trigger('segment', { route: 'eu' })];
    expect(acceptedRoutes(triggers, ['*'])).toBeUndefined();
    expect(acceptedRoutes(triggers, ['us', 'sendgrid/news'])).toEqual(['us', 'sendgrid/news']);
  });

  it('must include each route that a trigger names', () => {
    const triggers = [trigger('segment', { route: ['eu', 'us'] })];
    expect(problems(triggers, { routes: 'us,default' })).toBe(
      'trigger "of-segment": its route "segment/eu" is not accepted: add it to the setting routes (us,default).',
    );
    expect(problems(triggers, { routes: 'us,sendgrid/eu' })).toContain(
      'its route "segment/eu" is not accepted',
    );
    expect(problems(triggers, { routes: 'us,segment/eu' })).toBe('');
    expect(problems(triggers, { routes: '*' })).toBe('');
    expect(problems(triggers)).toBe('');
  });
});
