import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { literalLines, stringSource } from '../../../cli/init/files/sourceText.ts';
import { triggersFile } from '../../../cli/init/files/triggersFile.ts';
import { filterOf } from '../../../cli/init/filterOf.ts';
import { InitError } from '../../../cli/init/initError.ts';
import { type NewAction, newTriggers } from '../../../cli/init/newTrigger.ts';
import * as api from '../../../functions/index.ts';
import { compileTriggers, matchTriggers } from '../../../functions/triggers/matchTriggers.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';

/** Runs the text of a triggers file, which is plain JavaScript. */
function loaded(text: string): readonly Trigger[] {
  const imports = /^import \{([^}]*)\} from 'mavera-triggers';$/m;
  const [, names = ''] = imports.exec(text) ?? [];
  const body = text.replace(imports, '').replace('export default', 'return');
  return new Function('api', `const {${names}} = api;\n${body}`)(api);
}

/** Names that are likely to break out of a string, a template or a filter, and any others. */
const eventName = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
  fc
    .array(fc.constantFrom("'", '"', '\\', '`', '${', '}', '*/', '//', ' ', 'a', '\\u0041', ')', ' and '), {
      minLength: 1,
      maxLength: 8,
    })
    .map((parts) => parts.join('')),
);

describe('names in the triggers file', () => {
  it('are matched exactly by the filter, or refused with a reason', () => {
    let written = 0;
    fc.assert(
      fc.property(
        eventName,
        fc.constantFrom<NewAction>('askMave', 'updatePersona', 'runFocusGroup'),
        (name, action) => {
          const watched = { source: 'segment', name } as const;
          const [trigger] = newTriggers([watched], { action, cooldown: '24h', budget: 1_000 });
          let text: string;
          try {
            text = triggersFile(trigger === undefined ? [] : [trigger]);
          } catch (error) {
            expect(error).toBeInstanceOf(InitError);
            return;
          }
          written += 1;
          const compiled = compileTriggers(loaded(text));
          expect(matchTriggers(compiled, 'default', { type: 'track', event: name })).toHaveLength(1);
          expect(matchTriggers(compiled, 'default', { type: 'track', event: `${name}x` })).toHaveLength(0);
        },
      ),
      { numRuns: 300 },
    );
    expect(written).toBeGreaterThan(100);
  });

  it.each([
    ['say "hi"', 'double quote'],
    ['two\nlines', 'line break'],
    ['  ', 'is empty'],
    ['ends with \\', 'ends with a backslash'],
    ['x'.repeat(201), 'more than 200 characters'],
  ])('are refused if no filter can compare them: %j', (name, reason) => {
    expect(() => filterOf({ source: 'segment', name })).toThrow(reason);
  });

  it('are taken with single quotes, backslashes and other scripts', () => {
    expect(filterOf({ source: 'segment', name: "it's C:\\new 购买" })).toBe(
      'type = "track" and event = "it\'s C:\\new 购买"',
    );
  });
});

const flat = fc.dictionary(fc.string(), fc.string());

describe('values as source', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(new Function(`return ${stringSource(text)}`)()).toBe(text);
      }),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), flat)), (value) => {
        const source = literalLines('return ', value, ';').join('\n');
        expect(JSON.stringify(new Function(source)())).toBe(JSON.stringify(value));
      }),
    );
  });
});
