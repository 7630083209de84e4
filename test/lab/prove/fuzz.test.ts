import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { receive } from '../../../functions/receive/receive.ts';
import { createSource } from '../../../functions/sources/segment/source.ts';
import { timestampHeader } from '../../../functions/sources/sendgrid/authenticate.ts';
import type { ReadEvent, SourceRequest } from '../../../functions/sources/source.ts';
import { fuzz, fuzzTargets } from '../../../lab/prove/fuzz/fuzz.ts';
import { type FuzzTarget, mustHold } from '../../../lab/prove/fuzz/fuzzTarget.ts';
import { openReceiver, receiver } from '../../../lab/prove/fuzz/targets/receiver/receiver.ts';
import type { SendGridKeys } from '../../../lab/prove/fuzz/targets/sources/signedPost.ts';
import {
  openDoors,
  openSources,
  type SourceDoors,
  sources,
} from '../../../lab/prove/fuzz/targets/sources/sources.ts';

const options = { isShort: true, seed: 1, progress: () => undefined };

describe('any input', () => {
  it('any input is answered as documented', async () => {
    const { failures, counts, table } = await fuzz.run(options);
    expect(failures).toEqual([]);
    expect(counts['inputs tried']).toBeGreaterThan(100);
    expect(table).toContain('filters');
  }, 600_000);
});

describe('a receiver that accepts a body of which only the first event is signed', () => {
  it('the corpus alone finds a receiver that accepts a partly signed body', async () => {
    const careless = (): ReturnType<typeof createSource> => createSource({ allowFirstEventSignature: true });
    const { failures } = await fuzzTargets(
      [{ ...receiver, open: () => openReceiver(receive, careless) }],
      options,
    );
    expect(failures).toContain(
      'receiver: forged-beside-signed.json of the corpus: it accepted what was not signed correctly',
    );
  });
});

describe('a receiver that logs personal data', () => {
  it('fuzzing finds a receiver that logs personal data', async () => {
    const talkative: typeof receive = async (event, remainingMs, dependencies) => {
      const reception = await receive(event, remainingMs, dependencies);
      return { ...reception, detail: JSON.stringify(event) };
    };
    const { failures } = await fuzzTargets(
      [{ ...receiver, open: () => openReceiver(talkative, createSource) }],
      options,
    );
    expect(failures.join()).toContain('a line of the log contains personal data');
  });
});

describe('a target that does not hold', () => {
  it('a target that does not hold fails with its name, the seed, the path and the smallest input', async () => {
    const parsers: FuzzTarget<string> = {
      name: 'parsers',
      share: 1,
      schema: z.string(),
      inputs: fc.string(),
      open: async () => ({
        check: (text) => {
          mustHold(text.length < 5, 'a string is too long for it');
          return 'short';
        },
        close: async () => undefined,
      }),
    };
    const { failures } = await fuzzTargets([parsers], options);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatch(
      /^parsers: a string is too long for it \(seed 1, path [\d:]+; input "[^"]{5}"; /,
    );
  });
});

describe('a source that accepts a replay for ever', () => {
  it('the corpus alone finds a source that accepts old requests', async () => {
    const patient = (keys: SendGridKeys): SourceDoors => {
      const doors = openDoors(keys);
      const { authenticate } = doors.sendgrid;
      const sendgrid = {
        ...doors.sendgrid,
        authenticate: (request: SourceRequest, nowMs: number) => {
          const seconds = Number(request.headers[timestampHeader]);
          return authenticate(request, nowMs - seconds * 1000 > 0 ? seconds * 1000 : nowMs);
        },
      };
      return { ...doors, sendgrid };
    };
    const { failures } = await fuzzTargets([{ ...sources, open: async () => openSources(patient) }], options);
    expect(failures).toContain(
      'sources: sendgrid-signed-more-than-25-hours-ago.json of the corpus: it accepted what was not signed, or not in time',
    );
  });
});

describe('a source that takes the whole request for an event', () => {
  it('fuzzing finds a source whose events are told apart by the order of their members', async () => {
    const careless = (keys: SendGridKeys): SourceDoors => {
      const doors = openDoors(keys);
      const toEvent = (element: unknown): ReadEvent => {
        const read = doors.segops.rules.toEvent(element);
        return read.ok ? { ...read, event: { ...read.event, messageId: JSON.stringify(element) } } : read;
      };
      return { ...doors, segops: { ...doors.segops, rules: { ...doors.segops.rules, toEvent } } };
    };
    const { failures } = await fuzzTargets(
      [{ ...sources, open: async () => openSources(careless) }],
      options,
    );
    expect(failures.join()).toContain('what comes again is another event');
  });
});
