import { describe, expect, it } from 'vitest';
import { connectionTestFilter } from '../../functions/sources/segment/event.ts';
import { chainOfThree, filesOfTests, triggers, triggersProcess } from './triggersCommand.ts';

const file = filesOfTests();

const header = "import { askMave, createPersona, defineTriggers } from 'mavera-triggers';\nexport default ";

const churn = `{
  name: 'churn',
  when: 'event = "left"',
  route: 'eu',
  run: createPersona(({ event }) => ({ name: 'User ' + event.userId })),
  approve: { above: 100 },
  cancelledBy: { when: 'event = "came_back"', per: 'user' },
}`;

describe('npm run triggers -- check', () => {
  it('lists the triggers of the project and finds no problem', async () => {
    const { code, stdout, stderr } = await triggersProcess('check');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(
      'churn-signal       askMave, about 50 credits a run, source segment, every open route\n' +
        '                   when type = "track" and event = "churn_signal"\n' +
        '                   needs mavera: mave (write), usage (read)\n',
    );
    expect(stdout).toContain('triggers.ts: 5 triggers, no problems.');
  });

  it('lists which events cancel runs, and which runs wait for approval', async () => {
    const path = await file('approved.ts', `${header}defineTriggers([${churn}]);`);
    const { stdout } = await triggers('check', path);
    expect(stdout).toContain(
      'churn  createPersona, about 300 credits a run, source segment, route eu\n' +
        '       when event = "left"\n' +
        '       cancelled by event = "came_back"\n' +
        '       a run above 100 credits waits until an operator approves it\n',
    );
  });

  it('lists sources, lookups, the whole chain of triggers, and what is needed of which system', async () => {
    const { code, stdout } = await triggers('check', await file('chain.ts', chainOfThree));
    expect(code).toBe(0);
    expect(stdout).toContain(
      'vip-group     runFocusGroup, about 200 credits a run, source segment by vip-left\n' +
        '              after vip-voice: vip-left -> vip-voice -> vip-group\n' +
        '              looks up workspace (maveraWorkspace)\n' +
        '              needs mavera: focusGroups (write), usage (read), workspaces (read)\n',
    );
    expect(stdout).toContain(
      '              looks up profile (segmentProfile: traits ltv, plan; events)\n' +
        '              a run is made only if the function `only` returns true\n' +
        '              its result is reported to Segment and SegOps\n' +
        '              needs mavera: mave (write), usage (read); segmentProfiles: profiles (read); segment: sources (read); segmentTracking: events (write); segops: events (write)\n',
    );
    expect(stdout).toContain(
      'segment-grew  askMave, about 50 credits a run, source segops, every open route\n',
    );
  });

  it('names a file that a pull reads and that is not there', async () => {
    const path = await file(
      'pulling.ts',
      `import { askMave, defineTriggers, idsFrom, segmentProfiles, trigger } from 'mavera-triggers';
      const from = segmentProfiles({ space: 'spa_1', of: idsFrom('./none.csv'), traits: ['ltv'] });
      export default defineTriggers([
        trigger({ name: 'people', from, every: '7d' }, askMave(() => ({ message: 'Why?' }))),
      ]);`,
    );
    const { code, stderr } = await triggers('check', path);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^trigger "people": there is no file .*none\.csv: give a path from the triggers file\.\n$/,
    );
  });

  it('refuses a trigger that follows one which is not in the list', async () => {
    const path = await file('lost.ts', chainOfThree.replace('left, voice, group,', 'left, group,'));
    const { code, stderr } = await triggers('check', path);
    expect(code).toBe(1);
    expect(stderr).toContain(
      'trigger "vip-group": after: there is no trigger "vip-voice" in defineTriggers; add it to the list',
    );
  });

  it('names trigger, field and fix of every mistake, without a stack trace', async () => {
    const path = await file(
      'bad.ts',
      `${header}defineTriggers([{ name: 'a', when: "type = 'track'", run: askMave(() => ({ message: 'x' })) }]);`,
    );
    const { code, stderr } = await triggers('--triggers', path, 'check');
    expect(code).toBe(1);
    expect(stderr).toContain('trigger "a": when: \'track\' is in single quotes');
    expect(stderr).toContain('write "track"');
    expect(stderr).not.toContain('    at ');
  });

  it('accepts the file as an argument, and warns if it has no triggers', async () => {
    const { code, stdout, stderr } = await triggers(
      'check',
      await file('none.ts', `${header}defineTriggers([]);`),
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/none\.ts: there are no triggers, so every event is ignored\.\n$/);
  });

  it('names the two conditions of a filter that can never match', async () => {
    const when = 'type = "track" and (event = "a" or event = "b") and type = "page"';
    const path = await file(
      'never.ts',
      `${header}defineTriggers([{ name: 'a', when: '${when}', run: askMave(() => ({ message: 'x' })) }]);`,
    );
    for (const args of [
      ['check', path],
      ['--triggers', path, 'dry-run', 'examples/*.ndjson'],
    ]) {
      const { code, stdout, stderr } = await triggers(...args);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain(
        'trigger "a": when: it can never match: type = "track" and type = "page" cannot both hold (in: type',
      );
    }
  });

  it('names the line in which the file throws', async () => {
    const path = await file(
      'throws.ts',
      'const plans: string[] | undefined = undefined;\n\nexport default plans!.map(String);\n',
    );
    const { code, stderr } = await triggersProcess('--triggers', path, 'check');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^triggersFile: .*throws\.ts:3:\d+ throws when it is loaded: Cannot read prop/);
  });

  it('names the missing file', async () => {
    const { code, stderr } = await triggers('--triggers', 'nowhere.ts', 'check');
    expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 1, lines: 1 });
    expect(stderr).toContain('nowhere.ts does not exist');
  });
});

describe('npm run triggers -- mappings', () => {
  it('sends the events that cancel runs by the route of their trigger', async () => {
    const path = await file('cancelled.ts', `${header}defineTriggers([${churn}]);`);
    const { stdout } = await triggers('mappings', path);
    expect(stdout).toBe(
      `route eu: <SegmentUrl>/eu\n  event = "left" or event = "came_back" or (${connectionTestFilter})\n\n`,
    );
  });

  it('leaves out the triggers of other sources, whose events Segment does not have', async () => {
    const { stdout } = await triggers('mappings', await file('sources.ts', chainOfThree));
    expect(stdout).toBe(
      `route default: <SegmentUrl>\n  (type = "track" and event = "churn_signal") or (${connectionTestFilter})\n\n`,
    );
  });

  it('prints the filter of each mapping', async () => {
    const path = await file(
      'routes.ts',
      `${header}defineTriggers([
        { name: 'a', when: 'type = "track" and event = "a"', run: askMave(() => ({ message: 'A' })) },
        { name: 'b', when: 'type = "page"', run: askMave(() => ({ message: 'B' })) },
        { name: 'c', when: 'type = "identify"', route: 'eu', run: askMave(() => ({ message: 'C' })) },
      ]);`,
    );
    const { code, stdout } = await triggers('mappings', path);
    expect(code).toBe(0);
    expect(stdout).toBe(
      'route default: <SegmentUrl>\n  (type = "track" and event = "a") or type = "page" or ' +
        `(${connectionTestFilter})\n\nroute eu: <SegmentUrl>/eu\n  type = "identify" or (${connectionTestFilter})\n\n`,
    );
  });
});

describe('npm run triggers -- dry-run', () => {
  it('shows the exact requests and their credits, and makes no call', async () => {
    const event =
      '{"type":"track","event":"churn_signal","messageId":"1","properties":{"ltv":5,"signal_type":"x"}}';
    const events = await file('events.ndjson', `${event}\n[${event},null]\n{"type":"page"}\n`);
    const { code, stdout } = await triggers('dry-run', events);
    expect(code).toBe(0);
    expect(stdout).toContain(`${events}:1  churn-signal: POST /mave/chat, about 50 credits`);
    expect(stdout).toContain(
      '"message":"A customer with a lifetime value of 5 dollars shows a sign of churn: \\"x\\".',
    );
    expect(stdout).toContain(`${events}:2[1]  invalid: `);
    expect(stdout).toContain(
      '1 run, about 50 credits; 0 wait for approval, 0 cancellations, 0 failed, 1 duplicate, 1 ignored and 1 invalid events.',
    );
  });

  it('shows which events would cancel runs, and which runs would wait for approval', async () => {
    const path = await file('churn.ts', `${header}defineTriggers([${churn}]);`);
    const events = await file(
      'churn.ndjson',
      [
        '{"type":"track","event":"left","messageId":"1","userId":"u-1"}',
        '{"type":"track","event":"came_back","messageId":"2","userId":"u-1"}',
        '{"type":"track","event":"came_back","messageId":"3"}',
      ].join('\n'),
    );
    const { stdout } = await triggers('--triggers', path, 'dry-run', '--route', 'eu', events);
    expect(stdout).toContain(`${events}:1  churn: POST /personas, about 300 credits, waits for approval\n`);
    expect(stdout).toContain(`${events}:2  churn: cancels the runs of "u-1" that have not begun\n`);
    expect(stdout).toContain(`${events}:3  churn: cancels nothing, because the event has no key\n`);
    expect(stdout).toContain('1 run, about 300 credits; 1 wait for approval, 2 cancellations, 0 failed');
    const json = await triggers('--triggers', path, 'dry-run', '--route', 'eu', '--json', events);
    expect(
      json.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([
      { outcome: 'run', needsApproval: true },
      { outcome: 'cancels', trigger: 'churn', key: 'u-1' },
      { outcome: 'cancels', trigger: 'churn' },
    ]);
  });

  it('prints one JSON object a line with --json', async () => {
    const { stdout } = await triggers('dry-run', 'examples/*.ndjson', '--json');
    const findings = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { outcome: string });
    const count = (outcome: string): number => findings.filter((found) => found.outcome === outcome).length;
    expect([count('run'), count('duplicate'), count('ignored'), count('invalid')]).toEqual([24, 4, 53, 1]);
  });

  it('accepts --triggers after the command, and warns if the file has no triggers', async () => {
    const path = await file('empty.ts', `${header}defineTriggers([]);`);
    const { code, stdout, stderr } = await triggers('dry-run', 'examples/*.ndjson', '--triggers', path);
    expect(code).toBe(0);
    expect(stdout).toContain('0 runs, about 0 credits');
    expect(stderr).toMatch(/empty\.ts: there are no triggers, so every event is ignored\.\n$/);
  });

  it('exits with 1 and the reason if a request cannot be built', async () => {
    const path = await file(
      'persona.ts',
      `${header}defineTriggers([{ name: 'p', when: 'type = "page"', run: createPersona(() => ({ name: 'x' })) }]);`,
    );
    const events = await file('page.ndjson', '{"type":"page","messageId":"1"}');
    const { code, stdout } = await triggers('--triggers', path, 'dry-run', events);
    expect(code).toBe(1);
    expect(stdout).toContain('p: FAILED request_invalid');
    expect(stdout).toContain('name:');
  });

  it('names the file or line that cannot be read', async () => {
    const events = await file('broken.ndjson', '{"type":"track"}\n{');
    expect(await triggers('dry-run', events)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(':2 '),
    });
    expect(await triggers('dry-run', 'nope.ndjson')).toMatchObject({
      code: 1,
      stderr: 'No file matches nope.ndjson: check the path.\n',
    });
  });
});

describe('npm run triggers', () => {
  it('shows its help', async () => {
    expect((await triggers('--help')).stdout).toContain('dry-run');
    expect((await triggers('dry-run', '--help')).stdout).toContain('examples/*.ndjson');
    expect(await triggersProcess('bogus')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('bogus'),
    });
  });
});
