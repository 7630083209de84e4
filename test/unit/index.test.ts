import {
  askMave,
  type Budget,
  type BuilderContext,
  type Collect,
  type Cooldown,
  createPersona,
  type Duration,
  defineTriggers,
  InvalidTriggersError,
  type Per,
  type ReportContext,
  respondAs,
  runFocusGroup,
  type SegmentEvent,
  segmentSignature,
  signSegmentRequest,
  type ToSegment,
  type ToSegOps,
  type Trigger,
  updatePersona,
} from 'mavera-triggers';
import { describe, expect, expectTypeOf, it } from 'vitest';

describe("the package's own name", () => {
  it('gives a triggers file all that it needs', () => {
    const triggers = defineTriggers([
      {
        name: 'why',
        when: 'type = "track"',
        run: askMave(({ event }) => ({ message: `Why ${event.event}?` })),
      },
      { name: 'who', when: 'type = "identify"', run: createPersona(() => ({ name: 'Ann' })) },
    ]);
    expectTypeOf(triggers).toExtend<readonly Trigger[]>();
    expectTypeOf<
      Parameters<(typeof triggers)[0]['run']['build']>[0]['event']
    >().toEqualTypeOf<SegmentEvent>();
    expect(triggers.map(({ run }) => run.kind)).toEqual(['askMave', 'createPersona']);
    expect(() => defineTriggers([{ ...triggers[0], when: '' }])).toThrow(InvalidTriggersError);
  });

  it('gives every action, and the types of all that a trigger may have', () => {
    const per: Per = 'user';
    const within: Duration = '24h';
    const cooldown: Cooldown = { per, for: within };
    const collect: Collect = { per, within };
    const budget: Budget = { credits: 500, per: 'month' };
    const toSegment: ToSegment = { identify: ({ result }: ReportContext) => ({ mavera: result.content }) };
    const toSegOps: ToSegOps = { track: true };
    const input = ({ events }: BuilderContext) => ({ input: `${events.length} customers left. Why?` });
    const triggers = defineTriggers([
      { name: 'a', when: 'type = "track"', run: updatePersona(() => ({ name: 'Ann' }), { per }), cooldown },
      { name: 'b', when: 'type = "track"', run: respondAs(input, { personaId: 'p-1' }), collect, toSegment },
      {
        name: 'c',
        when: 'type = "track"',
        run: runFocusGroup(() => ({ workspace_id: 'ws_1' })),
        budget,
        toSegOps,
      },
    ]);
    expect(triggers.map(({ run }) => run.kind)).toEqual(['updatePersona', 'respondAs', 'runFocusGroup']);
  });

  it("gives a user's own tests what signs a request", () => {
    const { body, headers } = signSegmentRequest({ payload: { type: 'track' }, secret: 'shared-secret' });
    expect(headers['x-segment-signature']).toBe(segmentSignature(body, 'shared-secret'));
  });
});
