import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  askMave,
  createPersona,
  defineTriggers,
  respondAs,
  runFocusGroup,
  updatePersona,
} from '../../functions/index.ts';
import { trial } from '../../testing/index.ts';

const when = 'type = "track" and event = "churn_signal"';
const churn = { type: 'track', event: 'churn_signal', userId: 'u-1' } as const;
const ask = askMave(() => ({ message: 'Why?' }));
const asking = defineTriggers([{ name: 'churn', when, run: ask }]);

describe('answers of Mavera in a trial', () => {
  it('the simulator answers the same each time where the test gives no answer', async () => {
    const resultOf = async () => {
      await using run = await trial(asking);
      await run.send(churn);
      return run.one('churn').result;
    };
    expect(await resultOf()).toEqual(await resultOf());
  });

  it('a test gives answers by trigger or by action, one for each request', async () => {
    await using run = await trial(
      defineTriggers([
        { name: 'first', when, run: ask },
        { name: 'second', when, run: ask },
      ]),
      {
        answers: {
          first: ['one', { content: 'two', credits: 33 }],
          askMave: ({ body }) => `said ${body.message}`,
        },
      },
    );
    await run.send([churn, { ...churn, userId: 'u-2' }]);
    expect(run.of('first').map(({ result, credits }) => [result?.content, credits.used])).toEqual([
      ['one', 10],
      ['two', 33],
    ]);
    expect(run.of('second').map(({ result }) => result?.content)).toEqual(['said Why?', 'said Why?']);
  });

  it.each([500, 503, 429])(
    'a call that Mavera answers with %i is tried again on simulated time',
    async (status) => {
      await using run = await trial(asking, { answers: { churn: [{ status }] } });
      await run.send(churn);
      expect(run.one('churn')).toMatchObject({ state: 'waiting', reason: `mavera_${status}` });
      await run.pass('10m');
      const { state, requests, calls } = run.one('churn');
      expect(state).toBe('done');
      expect(requests).toHaveLength(2);
      expect(calls.filter(({ method }) => method === 'POST').map((call) => call.status)).toEqual([
        status,
        200,
      ]);
    },
  );

  it('a run waits as long as the Retry-After of a 429 asks', async () => {
    await using run = await trial(asking, { answers: { churn: [{ status: 429, retryAfter: '5m' }] } });
    await run.send(churn);
    await run.pass('4m');
    expect(run.requests).toHaveLength(1);
    await run.pass('3m');
    expect(run.one('churn').state).toBe('done');
  });

  it('a 400 fails the run', async () => {
    await using run = await trial(asking, {
      answers: { churn: { status: 400, message: 'The message is too long.' } },
    });
    await run.send(churn);
    expect(run.one('churn')).toMatchObject({
      state: 'failed',
      reason: 'mavera_400',
      detail: expect.stringContaining('The message is too long.'),
    });
  });

  it('a run fails after eight answers of 500', async () => {
    await using run = await trial(asking, { answers: { churn: { status: 500 } } });
    await run.send(churn);
    await run.pass('3d');
    expect(run.one('churn')).toMatchObject({ state: 'failed', reason: 'attempts_exhausted' });
    expect(run.requests).toHaveLength(8);
  });

  it('the work of a lost answer is found and not done twice', async () => {
    await using run = await trial(
      defineTriggers([
        { name: 'persona', when, run: createPersona(() => ({ name: 'Leaver', description: 'Left' })) },
      ]),
      { answers: { persona: [{ lost: 'answer' }] } },
    );
    await run.send(churn);
    expect(run.one('persona')).toMatchObject({ state: 'waiting', reason: 'answer_lost' });
    await run.pass('1h');
    expect(run.one('persona').state).toBe('done');
    expect(run.requests).toHaveLength(1);
    expect(run.one('persona').calls.map(({ method, status }) => `${method} ${status}`)).toContain(
      'POST lost',
    );
  });

  it('a request that never arrived is made again', async () => {
    await using run = await trial(asking, { answers: { churn: [{ lost: 'request' }] } });
    await run.send(churn);
    await run.pass('1h');
    expect(run.one('churn').state).toBe('done');
    expect(run.requests).toHaveLength(2);
  });

  it('runs wait while the account has too few credits', async () => {
    await using run = await trial(asking, { credits: 5 });
    await run.send(churn);
    expect(run.one('churn')).toMatchObject({ state: 'waiting', reason: 'credits_low', requests: [] });
  });

  it('the schema of respondAs reads the answer of the test', async () => {
    const triggers = defineTriggers([
      {
        name: 'voice',
        when,
        run: respondAs(() => ({ input: 'Why did you leave?' }), {
          personaId: 'persona-of-mine',
          output: z.object({ reason: z.enum(['price', 'quality']), sure: z.boolean() }),
        }),
      },
    ]);
    await using run = await trial(triggers, {
      answers: { voice: [{ output: { reason: 'price', sure: true } }] },
    });
    await run.send(churn);
    const [first] = run.of('voice');
    expect(first).toMatchObject({ state: 'done', result: { output: { reason: 'price', sure: true } } });
    expect(first?.requests[0]?.body).toMatchObject({
      persona_id: 'persona-of-mine',
      text: { format: { type: 'json_schema', name: 'voice' } },
    });
    // Without an answer of the test, a value of the schema is made up.
    await run.send({ ...churn, userId: 'u-2' });
    expect(run.of('voice')[1]?.state).toBe('done');
  });

  it('an answer that does not fit the schema fails the run', async () => {
    const output = z.object({ reason: z.enum(['price', 'quality']) });
    const voice = respondAs(() => ({ input: 'Why?' }), { personaId: 'p-1', output });
    await using run = await trial(defineTriggers([{ name: 'voice', when, run: voice }]), {
      answers: { respondAs: { output: { reason: 'weather' } } },
    });
    await run.send(churn);
    expect(run.one('voice')).toMatchObject({ state: 'failed', reason: 'output_invalid' });
  });

  it('the results of a focus group come when it is finished', async () => {
    const group = runFocusGroup(() => ({ workspace_id: 'ws_1', name: 'Leavers', questions: ['Why?'] }));
    await using run = await trial(defineTriggers([{ name: 'group', when, run: group }]), {
      answers: { group: { results: { summary: 'Price.' }, credits: 77 } },
    });
    await run.send(churn);
    expect(run.one('group')).toMatchObject({ state: 'waiting', reason: 'focus_group_running' });
    await run.pass('5m');
    expect(run.one('group')).toMatchObject({
      state: 'done',
      credits: { expected: 200, used: 77 },
      result: { focusGroup: { results: { summary: 'Price.' } } },
    });
    expect(run.requests).toHaveLength(1);
  });

  it('a trigger updates its persona of the same user for no credits', async () => {
    const persona = updatePersona(
      ({ event }) => ({ name: 'Leaver', description: String(event.properties.why) }),
      {
        per: 'user',
      },
    );
    await using run = await trial(defineTriggers([{ name: 'persona', when, run: persona }]));
    await run.send({ ...churn, properties: { why: 'price' } });
    await run.pass('1h');
    await run.send({ ...churn, properties: { why: 'quality' } });
    expect(run.requests.map(({ method }) => method)).toEqual(['POST', 'PATCH']);
    expect(run.of('persona').map(({ credits }) => credits.expected)).toEqual([300, 0]);
  });

  it('an answer with a field that the action does not have is refused', async () => {
    await using run = await trial(asking, { answers: { churn: { results: {} } } });
    await expect(run.send(churn)).rejects.toThrow(
      'An answer to askMave has no results; it may have content, credits, body',
    );
    await using other = await trial(asking, { answers: { churn: { contents: 'x' } as object } });
    await expect(other.send(churn)).rejects.toThrow(/answers\["churn"\].*it has the field contents/);
  });
});
