import { describe, expect, expectTypeOf, it } from 'vitest';
import { clusterBy } from '../../../functions/pulls/groups/clusterBy.ts';
import { audiencePreview, idsFrom } from '../../../functions/pulls/profiles/profileIds.ts';
import type { OperationCall, PullCall, RowsCall, RowsPlace } from '../../../functions/pulls/pull.ts';
import { segmentProfiles } from '../../../functions/pulls/segmentProfiles.ts';
import { createPersona } from '../../../functions/triggers/actions.ts';
import { trigger } from '../../../functions/triggers/defineTrigger.ts';
import { FoldedFile, notFound, takeAll } from './takeAll.ts';

type Call = OperationCall & RowsCall;

const space = 'spa_1';
const definition = { query: "trait('total_spend') > 100", targetEntity: null };

/** The traits of a profile, by the number in its id. */
function traitsOf(profile: string): object {
  const number = Number(profile.replace(/\D+/, ''));
  return {
    traits: { ltv: number * 10, plan: number % 2 === 0 ? 'pro' : 'free', email: `${profile}@example.com` },
    cursor: { url: '', next: '', has_more: false, limit: 100 },
  };
}

/** Stands for a place after so many rows. */
const placeAt = (byte: number): RowsPlace => ({ part: 0, byte, isGzip: false, columns: ['id', 'other'] });

/** A file of so many ids. */
function fileOf(count: number): (call: Call) => unknown {
  const rows = Array.from({ length: count }, (_none, index) => ({
    id: `U-${index}`,
    other: `x-${index}`,
  }));
  return (call) => {
    if ('rows' in call) {
      const { after, take = 0 } = call.rows;
      const { fold } = call;
      const from = after?.byte ?? 0;
      const value = fold.end(
        rows.slice(from, from + take).reduce((gathered, row) => fold.row(gathered, row), fold.start()),
      );
      return new FoldedFile(value, from + take < rows.length ? placeAt(from + take) : undefined);
    }
    const profile = (call as OperationCall).request.path?.profile ?? '';
    return profile.endsWith('-3') ? notFound : traitsOf(profile);
  };
}

/** An audience whose preview has so many members, and runs for two polls. */
function audienceOf(members: number): (call: Call) => unknown {
  let polls = 0;
  return ({ operation, request }) => {
    switch (operation) {
      case 'readAudience':
        return { data: { audience: { id: 'aud_1', definition, audienceType: 'USERS' } } };
      case 'previewAudience':
        return { data: { audiencePreview: { id: 'pre_1' } } };
      case 'readAudiencePreview': {
        polls += 1;
        const results = Array.from({ length: members }, (_none, index) => ({ id: `use_X${index}` }));
        const completed = { status: 'COMPLETED', size: { count: members }, results };
        return { data: { audiencePreview: polls > 2 ? completed : { status: 'RUNNING' } } };
      }
      default:
        return traitsOf(request.path?.profile ?? '');
    }
  };
}

const namesOf = (calls: readonly PullCall[]): readonly string[] =>
  calls.map((call) => ('rows' in call ? 'rows' : call.operation));

describe('segmentProfiles of a file', () => {
  it('gives an event for each profile that Segment knows, with the traits that are named', () => {
    const pull = segmentProfiles({ space, of: idsFrom('s3://bucket/ids.csv'), traits: ['ltv', 'plan'] });
    const { events, calls } = takeAll(pull, fileOf(5));
    expect(events.map(({ item }) => item)).toEqual([
      'user_id:u-0',
      'user_id:u-1',
      'user_id:u-2',
      'user_id:u-4',
    ]);
    expect(events[1]).toEqual({
      item: 'user_id:u-1',
      event: 'Profile Pulled',
      userId: 'U-1',
      properties: { profile: 'user_id:u-1', traits: { ltv: 10, plan: 'free' } },
    });
    expect(calls[1]).toEqual({
      operation: 'readProfileTraits',
      request: {
        path: { space, profile: 'user_id:u-0' },
        query: { include: 'ltv,plan', limit: '100' },
      },
    });
    expect(pull.files).toEqual(['s3://bucket/ids.csv']);
    expect(pull.problemsOf({ from: pull, every: '7d' })).toEqual([]);
  });

  it('reads 100 ids a step, from where the step before stopped, and stores none of them', () => {
    const pull = segmentProfiles({ space, of: idsFrom('./ids.csv'), traits: ['ltv'] });
    const { events, calls, states } = takeAll(pull, fileOf(220));
    expect(events).toHaveLength(219);
    const files = calls.filter((call) => 'rows' in call);
    expect(files.map(({ rows }) => rows)).toEqual(
      [undefined, placeAt(100), placeAt(200)].map((after) => ({
        from: './ids.csv',
        format: 'csv',
        after,
        take: 100,
      })),
    );
    expect(JSON.stringify(states)).not.toMatch(/u-\d/i);
  });

  it('reads a column and a type of id that are named, and NDJSON', () => {
    const of = idsFrom('s3://bucket/ids.jsonl.gz', { column: 'other', idType: 'anonymous_id' });
    const { events, calls } = takeAll(segmentProfiles({ space, of, traits: ['ltv'] }), fileOf(1));
    expect(calls[0]).toMatchObject({ rows: { format: 'ndjson' } });
    expect(events).toMatchObject([{ item: 'anonymous_id:x-0' }]);
    expect(events[0]?.userId).toBeUndefined();
  });

  it('passes over rows without an id', () => {
    const rows = [{ id: 'U-0' }, { id: '' }, {}, { id: 4 }];
    const answer = (call: Call): unknown =>
      'rows' in call
        ? call.fold.end(rows.reduce((gathered, row) => call.fold.row(gathered, row), call.fold.start()))
        : traitsOf((call as OperationCall).request.path?.profile ?? '');
    const of = idsFrom('./ids.ndjson', { column: 'id' });
    const { events } = takeAll(segmentProfiles({ space, of, traits: ['ltv'] }), answer);
    expect(events.map(({ item }) => item)).toEqual(['user_id:u-0', 'user_id:4']);
  });

  it('fails when no row has an id', () => {
    const pull = segmentProfiles({ space, of: idsFrom('./ids.ndjson', { column: 'none' }), traits: ['ltv'] });
    expect(() => takeAll(pull, fileOf(170))).toThrow('none of the 170 rows has an id in the column "none"');
  });

  it('fails when the CSV file does not have the column', () => {
    const pull = segmentProfiles({ space, of: idsFrom('./ids.csv', { column: 'none' }), traits: ['ltv'] });
    expect(() => takeAll(pull, fileOf(70))).toThrow('there is no column "none"');
  });
});

describe('segmentProfiles of ids that Segment does not know', () => {
  const nobody = (count: number): ((call: Call) => unknown) => {
    const file = fileOf(count);
    return (call) => ('rows' in call ? file(call) : notFound);
  };

  it.each([
    [
      idsFrom('./ids.csv'),
      'Segment knows none of the 150 profiles; it was asked for ids of the type user_id, from the first column: idsFrom takes another idType or column',
    ],
    [
      idsFrom('./ids.csv', { column: 'other', idType: 'email' }),
      'of the type email, from the column "other"',
    ],
  ])('fails with what was asked for, of which nothing is known: %j', (of, sentence) => {
    expect(() => takeAll(segmentProfiles({ space, of, traits: ['ltv'] }), nobody(150))).toThrow(sentence);
    const grouped = segmentProfiles({ space, of, traits: ['plan'], groupBy: 'plan' });
    expect(() => takeAll(grouped, nobody(150))).toThrow(sentence);
  });

  it('fails with the type that a space may need for the ids of a preview', () => {
    const account = audienceOf(2);
    const answer = (call: Call): unknown =>
      call.operation === 'readProfileTraits' ? notFound : account(call);
    const pull = segmentProfiles({ space, of: audiencePreview('aud_1'), traits: ['ltv'] });
    expect(() => takeAll(pull, answer)).toThrow("audiencePreview('aud_1', { idType: 'segment_id' })");
  });
});

describe('segmentProfiles of an audience', () => {
  it('previews the audience by its own definition, once, and waits for it', () => {
    const pull = segmentProfiles({ space, of: audiencePreview('aud_1'), traits: ['ltv'] });
    const { events, calls, waitsMs } = takeAll(pull, audienceOf(160));
    expect(namesOf(calls).filter((name) => name !== 'readProfileTraits')).toEqual([
      'readAudience',
      'previewAudience',
      ...Array(4).fill('readAudiencePreview'),
    ]);
    expect(calls[1]).toMatchObject({ request: { body: { definition, audienceType: 'USERS' } } });
    expect(waitsMs.slice(0, 4)).toEqual([5_000, 5_000, 5_000, 0]);
    expect(events).toHaveLength(160);
    expect(events[0]).toMatchObject({ item: 'use_X0', properties: { profile: 'use_X0' } });
  });

  it('asks with a type of id where the space needs one', () => {
    const of = audiencePreview('aud_1', { idType: 'segment_id' });
    const { events } = takeAll(segmentProfiles({ space, of, traits: ['ltv'] }), audienceOf(1));
    expect(events[0]?.item).toBe('segment_id:use_X0');
  });

  it('fails with a sentence when there is nothing to preview, or Segment cannot', () => {
    const pull = segmentProfiles({ space, of: audiencePreview('aud_1'), traits: ['ltv'] });
    expect(() => takeAll(pull, () => notFound)).toThrow('the space spa_1 has no audience aud_1');
    const account = audienceOf(1);
    const failing = (call: Call): unknown =>
      call.operation === 'readAudiencePreview'
        ? { data: { audiencePreview: { status: 'FAILED', failureReason: 'too large' } } }
        : account(call);
    expect(() => takeAll(pull, failing)).toThrow('Segment could not preview the audience: too large');
    const nameless = (call: Call): unknown =>
      call.operation === 'readAudiencePreview'
        ? { data: { audiencePreview: { status: 'COMPLETED', size: { count: 7 } } } }
        : account(call);
    expect(() => takeAll(pull, nameless)).toThrow('the preview of the audience names none of its 7 members');
  });
});

describe('segmentProfiles in groups', () => {
  const of = idsFrom('./ids.csv');

  it('gives an event for each group, whatever its size, and no profile', () => {
    const pull = segmentProfiles({ space, of, traits: ['ltv', 'plan'], groupBy: 'plan' });
    const { events, states } = takeAll(pull, fileOf(1_000));
    expect(events.map(({ event, item, properties }) => `${event}: ${item} ${properties.count}`)).toEqual([
      'Profiles Grouped: pro 500',
      'Profiles Grouped: free 499',
    ]);
    // Of more than 200 numbers the median is known to 3 %.
    expect((events[0]?.properties.fields.ltv?.median ?? 0) / 4_990).toBeCloseTo(1, 1);
    expect(JSON.stringify([events, states])).not.toContain('@');
    expect(JSON.stringify(states.at(-1)).length).toBeLessThan(10_000);
  });

  it('reads profiles twice for clusters by quantiles', () => {
    const groupBy = clusterBy({ high_value: { ltv: { top: 0.1 } }, growth: { plan: ['pro'] } }, 'new');
    const pull = segmentProfiles({ space, of, traits: ['ltv', 'plan'], groupBy });
    const { events, calls } = takeAll(pull, fileOf(100));
    expect(calls.filter((call) => 'operation' in call)).toHaveLength(200);
    expect(events.map(({ properties: { group, count } }) => [group, count])).toEqual([
      ['growth', 45],
      ['new', 44],
      ['high_value', 10],
    ]);
  });

  it('changes nothing that it is given', () => {
    const pull = segmentProfiles({ space, of, traits: ['plan'], groupBy: 'plan' });
    const before = JSON.stringify(pull.start);
    takeAll(pull, fileOf(60));
    expect(JSON.stringify(pull.start)).toBe(before);
  });
});

/** Two pages of sources, and profiles that are known on the web, every second one by e-mail and in a shop as well. */
function spaceWithChannels(profiles: number): (call: Call) => unknown {
  const file = fileOf(profiles);
  const sources = [
    { id: 'src_web', slug: 'web', name: 'Web app', metadata: { slug: 'javascript' } },
    { id: 'src_till', slug: 'till', name: 'Tills', metadata: { slug: 'http-api' } },
  ];
  return (call) => {
    if (call.operation === 'listSegmentSources') {
      const isFirst = call.request.query?.['pagination.cursor'] === undefined;
      const next = isFirst ? { next: 'second' } : {};
      return { data: { sources: isFirst ? sources.slice(0, 1) : sources.slice(1), pagination: next } };
    }
    if (call.operation !== 'readProfileIds') {
      return file(call);
    }
    const id = call.request.path?.profile ?? '';
    const isWide = Number(id.replace(/\D+/, '')) % 2 === 0;
    const ids = [
      { type: 'user_id', id, source_id: 'src_web' },
      { type: 'email', id: `${id}@example.com`, source_id: isWide ? 'src_till' : 'src_web' },
      { type: 'ios.idfa', id: 'A-1', source_id: 'src_unknown' },
    ];
    return {
      data: isWide ? ids : ids.slice(0, 1),
      cursor: { url: '', next: '', has_more: false, limit: 100 },
    };
  };
}

describe('segmentProfiles with channels', () => {
  const of = idsFrom('./ids.csv');

  it('names the channels and the Segment sources of each profile, and none of its ids', () => {
    const pull = segmentProfiles({ space, of, traits: ['plan'], channels: true });
    const { events, calls } = takeAll(pull, spaceWithChannels(2));
    expect(events.map(({ properties }) => properties)).toEqual([
      {
        profile: 'user_id:u-0',
        traits: { plan: 'pro' },
        channels: ['web', 'ios', 'email', 'server'],
        sources: ['Web app', 'Tills'],
      },
      { profile: 'user_id:u-1', traits: { plan: 'free' }, channels: ['web'], sources: ['Web app'] },
    ]);
    expect(namesOf(calls)).toEqual([
      ...['listSegmentSources', 'listSegmentSources', 'rows'],
      ...['readProfileTraits', 'readProfileIds', 'readProfileTraits', 'readProfileIds'],
    ]);
    expect(JSON.stringify(events)).not.toMatch(/@|A-1/);
  });

  it('groups profiles by the number of their channels, and sums the channels up', () => {
    const groupBy = clusterBy({ several_channels: { channel_count: { from: 2 } } }, 'one_channel');
    const pull = segmentProfiles({ space, of, traits: ['ltv'], channels: true, groupBy });
    const { events, states } = takeAll(pull, spaceWithChannels(120));
    expect(events.map(({ item, properties: { count } }) => [item, count])).toEqual([
      ['several_channels', 60],
      ['one_channel', 59],
    ]);
    expect(events[0]?.properties.fields).toMatchObject({
      channels: { count: 60, top: expect.arrayContaining([{ value: 'server', count: 60 }]) },
      channel_count: { median: 4 },
      sources: { top: expect.arrayContaining([{ value: 'Tills', count: 60 }]) },
    });
    expect(JSON.stringify([events, states])).not.toContain('@');
  });

  it('a rule of values is met by a profile that has one of them among several', () => {
    const groupBy = clusterBy({ app: { channels: ['ios', 'android'] } }, 'no_app');
    const pull = segmentProfiles({ space, of, traits: ['ltv'], channels: true, groupBy });
    const { events } = takeAll(pull, spaceWithChannels(20));
    expect(events.map(({ item, properties: { count } }) => [item, count])).toEqual([
      ['app', 10],
      ['no_app', 9],
    ]);
  });

  it('asks for no more than a pull without channels, if they are not wanted', () => {
    const pull = segmentProfiles({ space, of, traits: ['plan'] });
    expect(pull.operations).toEqual(['readProfileTraits']);
  });
});

describe('the types of segmentProfiles', () => {
  it('are those of profiles or of groups', () => {
    trigger(
      { name: 'a', from: segmentProfiles({ space, of: idsFrom('x'), traits: ['ltv'] }), every: '7d' },
      createPersona(({ event }) => {
        expectTypeOf(event.properties.traits.ltv).toEqualTypeOf<unknown>();
        // @ts-expect-error the trait is not asked for
        return { name: `${event.properties.traits.plan}` };
      }),
    );
    trigger(
      {
        name: 'b',
        from: segmentProfiles({ space, of: idsFrom('x'), traits: ['ltv'], groupBy: 'ltv' }),
        every: '7d',
      },
      createPersona(({ event }) => {
        expectTypeOf(event.properties.count).toEqualTypeOf<number>();
        return { name: event.properties.group };
      }),
    );
  });

  it('have channels only where they are asked for', () => {
    trigger(
      {
        name: 'c',
        from: segmentProfiles({ space, of: idsFrom('x'), traits: ['ltv'], channels: true }),
        every: '7d',
      },
      createPersona(({ event }) => ({ name: event.properties.sources.join() })),
    );
    trigger(
      { name: 'd', from: segmentProfiles({ space, of: idsFrom('x'), traits: ['ltv'] }), every: '7d' },
      // @ts-expect-error no channels are asked for
      createPersona(({ event }) => ({ name: event.properties.sources.join() })),
    );
  });

  it.each([
    [{ space: '' }, /^segmentProfiles: space: expected an id/],
    [{ of: 'aud_1' }, /^segmentProfiles: of: expected audiencePreview/],
    [{ traits: [] }, /^segmentProfiles: traits: expected a list of 1 to 100 names/],
    [{ traits: ['a,b'] }, /^segmentProfiles: traits/],
    [{ groupBy: 'plan' }, /^segmentProfiles: traits: expected also plan, for groupBy/],
    [{ channels: true, traits: ['sources'] }, /^segmentProfiles: traits: expected no sources/],
    [{ channels: true, groupBy: 'channels' }, /^segmentProfiles: groupBy: expected clusterBy/],
  ])('refuse %j when the file is loaded', (changes, problem) => {
    const options = { space, of: idsFrom('x'), traits: ['ltv'], ...changes };
    expect(() => segmentProfiles(options as Parameters<typeof segmentProfiles>[0])).toThrow(problem);
  });
});
