import {
  askMave,
  createPersona,
  defineTriggers,
  InvalidTriggersError,
  type SegmentEvent,
  segmentSignature,
  signSegmentRequest,
  type Trigger,
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

  it("gives a user's own tests what signs a request", () => {
    const { body, headers } = signSegmentRequest({ payload: { type: 'track' }, secret: 'shared-secret' });
    expect(headers['x-segment-signature']).toBe(segmentSignature(body, 'shared-secret'));
  });
});
