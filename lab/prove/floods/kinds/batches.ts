import type { SegmentPayloadEvent } from '../../../../simulators/segment/payload.ts';
import { type FloodKind, type FloodWorld, inTurn } from '../floodKind.ts';
import { collidingKeys, manyKeys } from '../hostileKeys.ts';
import type { Answer } from '../rawRequest.ts';

/** The most events that Segment puts into a batch. */
const batchEvents = 4_000;
/** One event in so many is wanted: enough to see that each is run, few enough to run them all in time. */
const wantedEvery = 400;

/** Each is nearly 1 MiB of JSON, and takes many times that when it is parsed. */
const largeLists = [
  (): unknown => Array.from({ length: 300_000 }, () => ({})),
  (): unknown => Array.from({ length: 490_000 }, () => 1),
  (): unknown => 'x'.repeat(1_000_000),
] as const;

/** Floods of genuine requests: they are large, and all of them must be accepted. */
export const batchFloods: readonly FloodKind[] = [
  genuine('batches of 4,000', ({ good }, turn) =>
    Array.from({ length: batchEvents }, (_, index) =>
      index % wantedEvery === 0 ? good.event({ turn }) : unwanted(index),
    ),
  ),
  genuine('batches that nobody wants', () =>
    Array.from({ length: batchEvents }, (_, index) => unwanted(index)),
  ),
  genuine('wanted events with hostile keys', ({ good }, turn) => {
    const keys = turn % 2 === 0 ? collidingKeys(turn >> 1).slice(0, 20_000) : manyKeys(50_000);
    return [good.event(Object.fromEntries(keys.map((key) => [key, 1])))];
  }),
  genuine('wanted events as large as a message', ({ good }, turn) => [
    good.event({ list: inTurn(largeLists, turn)() }),
  ]),
];

function genuine(
  name: string,
  make: (world: FloodWorld, turn: number) => readonly SegmentPayloadEvent[],
): FloodKind {
  return {
    name,
    // Without an answer within 10 seconds it is tried again, as Segment does.
    answers: new Set<Answer>([200, 'none']),
    atOnce: 2,
    invokes: 'as good traffic',
    send: async (world, turn) => (await world.good.deliver(make(world, turn), 'whole-body')).answers,
  };
}

function unwanted(index: number): SegmentPayloadEvent {
  return {
    type: 'track',
    event: 'Product Viewed',
    messageId: `flood-unwanted-${index}`,
    userId: `user-${index}`,
    properties: { sku: index, note: 'x'.repeat(800) },
  };
}
