import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { parseQueueMessage, parseRunMessage, writeRunMessage } from '../../../functions/queue/runMessage.ts';
import { followerMessages } from '../../../functions/run/followers.ts';
import { describeSchemaError, isSchemaError } from '../../../functions/schema/schemaError.ts';
import { segmentEventSchema } from '../../../functions/sources/segment/event.ts';
import { sourceNames } from '../../../functions/sources/source.ts';
import { askMave } from '../../../functions/triggers/actions.ts';

const run = askMave(() => ({ message: 'Why?' }));
const directory = new URL('./recordedMessages/', import.meta.url);

/** The bodies of messages that a release has written, by what they are. */
function recordedBy(release: string): Readonly<Record<string, string>> {
  return JSON.parse(readFileSync(new URL(release, directory), 'utf8'));
}

const moment = z.number().check(z.minimum(0), z.maximum(8.64e15));

/** How a runner of 0.2.0 and of 0.3.0 reads a run: its schema as it was. */
const olderRunner = z.object({
  version: z.literal(1),
  trigger: z.string().check(z.regex(/^[a-z0-9-]{1,64}$/)),
  source: z.literal('segment'),
  route: z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/)),
  messageId: z.optional(z.string()),
  runId: z.string().check(z.regex(/^[0-9a-f]{40}$/)),
  receivedAtMs: moment,
  deadlineAtMs: moment,
  notBeforeMs: z.optional(moment),
  slotAtMs: z.optional(moment),
  redrive: z.optional(z.string()),
  report: z.optional(z.object({ attempts: z.number().check(z.nonnegative()) })),
  event: segmentEventSchema,
});

/** Whether a message says nothing that came with 0.4.0, and is a run. */
function olderRunnerKnows(body: string): boolean {
  const { version, kind, source, route } = JSON.parse(body);
  return version === 1 && kind === undefined && source === 'segment' && route !== '~pull';
}

function problemOf(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    return isSchemaError(error) ? describeSchemaError(error) : `${error}`;
  }
  return '';
}

describe.each(readdirSync(directory).sort())('messages that were recorded of %s', (release) => {
  it.each(Object.entries(recordedBy(release)))(
    'are read without a loss by the runner of today: %s',
    (_, body) => {
      const message = parseQueueMessage(body);
      expect(message).toEqual(JSON.parse(body));
    },
  );

  it.each(Object.entries(recordedBy(release)).filter(([, body]) => olderRunnerKnows(body)))(
    'can be sent back by the runner of today, and read by the older one: %s',
    (_, body) => {
      const again = JSON.parse(writeRunMessage(parseRunMessage(body)));
      expect(olderRunner.parse(again)).toEqual(olderRunner.parse(JSON.parse(body)));
    },
  );
});

const [aRun = ''] = Object.values(recordedBy('0.3.0.json'));

/** What is new, in the form of a message of today. */
const messageWith = (more: object): unknown => ({ ...JSON.parse(aRun), ...more });

describe('a runner of a release before triggers that follow others', () => {
  const [finished = '{}'] = Object.values(recordedBy('0.3.0.json'));
  const [follower] = followerMessages(
    parseRunMessage(finished),
    { result: '{"content":"Because"}' },
    1_795_176_100_000,
    [{ name: 'next', after: { name: 'plan-upgraded', run }, run }],
    345_600_000,
  );

  it('cannot read a run that follows another one, and so does not make it without the result', () => {
    if (follower === undefined) {
      throw new Error('there is no follower');
    }
    const body = writeRunMessage(follower);
    expect(problemOf(() => olderRunner.parse(JSON.parse(body)))).toContain('version');
    expect(parseQueueMessage(body)).toEqual(JSON.parse(body));
    expect(parseRunMessage(body).after?.result).toEqual({ content: 'Because' });
    // With the version of other runs, the older one would leave out what it does not know.
    const asBefore = olderRunner.parse({ ...JSON.parse(body), version: 1 });
    expect(asBefore).not.toHaveProperty('after');
  });
});

describe('a runner of a release before reports to SegOps', () => {
  it('cannot read such a report, and so does not take it for one to Segment', () => {
    const report = { attempts: 0, to: 'segops' };
    const body = JSON.stringify(messageWith({ version: 2, report }));
    expect(problemOf(() => olderRunner.parse(JSON.parse(body)))).toContain('version');
    expect(parseRunMessage(body)).toMatchObject({ version: 2, report });
    // With the version of other reports, the older one would leave out where it goes to.
    expect(olderRunner.parse(messageWith({ report })).report).toEqual({ attempts: 0 });
  });
});

describe('a runner of a release before the sources', () => {
  it.each(sourceNames.filter((name) => name !== 'segment'))(
    'cannot read a run of %s, and would dead-letter it: so the receiver is released after it',
    (source) => {
      const problem = problemOf(() => olderRunner.parse(messageWith({ source })));
      expect(problem).toContain('source');
      expect(parseQueueMessage(JSON.stringify(messageWith({ source })))).toMatchObject({ source });
    },
  );
});
