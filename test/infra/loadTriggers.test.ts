import { symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { prepareRequest } from '../../functions/run/prepareRequest.ts';
import type { SegmentEvent } from '../../functions/sources/segment/event.ts';
import { loadTriggers, TriggersFileError } from '../../infra/bundling/loadTriggers.ts';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';
import { temporaryDirectory } from './temporaryDirectory.ts';

const valid = `import { askMave, defineTriggers } from 'mavera-triggers';
export default defineTriggers([
  { name: 'first', when: 'type = "track"', run: askMave(({ event }) => ({ message: 'Why ' + event.type + '?' })) },
]);
`;

function fileWith(text: string): string {
  const file = join(temporaryDirectory(), 'triggers.ts');
  writeFileSync(file, text);
  return file;
}

/** The error message for a triggers file with this text. FILE stands for its path. */
function refusal(text: string): string {
  const file = fileWith(text);
  const error = errorOf(() => loadTriggers(file));
  expect(error).toBeInstanceOf(TriggersFileError);
  return (error as TriggersFileError).message.replaceAll(file, 'FILE');
}

function errorOf(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

describe('loading a triggers file', () => {
  it("returns the project's own triggers", async () => {
    const triggers = loadTriggers(join(projectRoot, 'triggers.ts'));
    expect(triggers.map(({ name }) => name)).toContain('plan-upgraded');
  });

  it('returns triggers that can be matched and run, from a file outside the project', () => {
    const [trigger] = loadTriggers(fileWith(valid));
    const event: SegmentEvent = { type: 'track', properties: {}, traits: {}, context: {}, integrations: {} };
    expect(trigger).toMatchObject({ name: 'first', when: 'type = "track"' });
    expect(trigger?.run.build({ event, events: [event], trigger: 'first' })).toEqual({
      message: 'Why track?',
    });
  });

  it('keeps the schemas of a file: they are sent to Mavera, and answers are checked against them', () => {
    const text = `import { defineTriggers, respondAs } from 'mavera-triggers';
import * as z from 'zod/mini';
export default defineTriggers([
  { name: 'asked', when: 'type = "track"', run: respondAs(() => ({ input: 'Why?' }), { personaId: 'p-1', output: z.object({ why: z.string() }) }) },
]);
`;
    const file = fileWith(text);
    symlinkSync(join(projectRoot, 'node_modules'), join(dirname(file), 'node_modules'));
    const [trigger] = loadTriggers(file);
    if (trigger === undefined) {
      throw new Error('there is no trigger');
    }
    const event: SegmentEvent = { type: 'track', properties: {}, traits: {}, context: {}, integrations: {} };
    const prepared = prepareRequest(trigger, { runId: '0'.repeat(40), events: [event] });
    expect(prepared).toMatchObject({
      ok: true,
      request: { body: { text: { format: { schema: { properties: { why: { type: 'string' } } } } } } },
    });
    const answer = (output: object): object => ({
      id: 'r-1',
      output: [{ content: [{ type: 'output_text', text: JSON.stringify(output) }] }],
    });
    const read = (output: object): unknown =>
      prepared.ok ? prepared.performer.readAnswer(answer(output), trigger.run) : prepared;
    expect(read({ why: 'It is fast' })).toMatchObject({ result: { output: { why: 'It is fast' } } });
    expect(() => read({ why: 5 })).toThrow('does not fit the schema: why: ');
  });

  it('reads a file again after it changed', () => {
    const file = fileWith(valid);
    loadTriggers(file);
    writeFileSync(file, valid.replace("'first'", "'second'"));
    expect(loadTriggers(file).map(({ name }) => name)).toEqual(['second']);
  });

  it('accepts a plain array, and checks it as well', () => {
    const plain = `export default [{ name: 'plain', when: 'type = "page"', run: { kind: 'askMave', build: () => ({}) } }];`;
    expect(loadTriggers(fileWith(plain)).map(({ name }) => name)).toEqual(['plain']);
    expect(refusal(plain.replace('"page"', "\\'page\\'"))).toContain("'page' is in single quotes");
  });
});

describe('a triggers file is refused', () => {
  it('if it does not exist', () => {
    const file = join(temporaryDirectory(), 'nowhere.ts');
    expect(() => loadTriggers(file)).toThrow(
      `triggersFile: ${file} does not exist; give the path of a file that ends with export default defineTriggers([…])`,
    );
  });

  it('if it is a directory', () => {
    const directory = temporaryDirectory();
    expect(() => loadTriggers(directory)).toThrow(`triggersFile: ${directory} is not a file; give`);
  });

  it('if it has a syntax error, with file, line and column', () => {
    expect(refusal('const a = 1;\nexport default defineTriggers([;\n')).toBe(
      'triggersFile: FILE cannot be compiled: FILE:2:32: Unexpected ";"',
    );
  });

  it('if it imports something that does not exist', () => {
    expect(refusal("import { x } from './nothing.ts';\nexport default x;\n")).toBe(
      'triggersFile: FILE cannot be compiled: FILE:1:19: Could not resolve "./nothing.ts"',
    );
  });

  it('if it throws, with what it threw', () => {
    const text =
      'const settings: { plans?: string[] } = {};\n\nexport default settings.plans!.map(String);\n';
    expect(refusal(text)).toContain('throws when it is loaded: Cannot read prop');
    expect(refusal("throw 'no';")).toBe('triggersFile: FILE throws no when it is loaded');
    expect(refusal('throw Object.create(null);')).toBe(
      'triggersFile: FILE throws a value of type object when it is loaded',
    );
  });

  it('if it has an await outside of a function', () => {
    expect(refusal('await 0;\nexport default [];\n')).toBe(
      'triggersFile: FILE has an await outside of a function: it is loaded synchronously, so remove it',
    );
  });

  it('if it has no default export', () => {
    expect(refusal('export const triggers = [];\n')).toBe(
      'triggersFile: FILE has no default export; write export default defineTriggers([…])',
    );
  });

  it('if its default export is not an array of triggers', () => {
    expect(refusal('export default { name: 1 };\n')).toContain('defineTriggers takes an array of triggers');
  });

  it('if an option is wrong, with the field and the value', () => {
    expect(refusal(valid.replace('run:', 'sample: 25, run:'))).toBe(
      'triggersFile: FILE: The triggers cannot be used:\n' +
        '  trigger "first": sample: expected a number above 0, up to 1, got 25',
    );
  });

  it('if a filter can never match, with its contradicting conditions', () => {
    const text = `import { askMave, defineTriggers } from 'mavera-triggers';
const run = askMave(() => ({ message: 'Why?' }));
export default defineTriggers([
  { name: 'first', when: 'type = "track" and type = "page"', run },
  { name: 'second', when: 'type = "track"', run },
  { name: 'third', when: 'properties.n > 5 and (properties.n < 3 or properties.n = null)', run },
]);
`;
    expect(refusal(text)).toBe(
      'triggersFile: FILE: The triggers cannot be used:\n' +
        '  trigger "first": when: it can never match: type = "track" and type = "page" cannot both hold ' +
        '(in: type = "track" and type = "page")\n' +
        '  trigger "third": when: it can never match: properties.n > 5 and properties.n < 3 cannot both hold; ' +
        'properties.n > 5 and properties.n = null cannot both hold ' +
        '(in: properties.n > 5 and (properties.n < 3 or properties.n = null))',
    );
  });

  it('if a trigger is wrong, with the trigger and the field', () => {
    expect(refusal(valid.replace("'first'", "'First!'"))).toBe(
      'triggersFile: FILE: The triggers cannot be used:\n' +
        '  trigger "First!": name: expected 1 to 64 characters of a-z, 0-9 and -, without - at the beginning or end; got "First!"',
    );
  });
});
