import { parseFql, validate } from '@segment/destination-subscriptions';
import { describe, expect, it } from 'vitest';
import { checkFqlSyntax } from '../../../functions/triggers/fqlSyntax.ts';
import { FqlSyntaxError } from '../../../functions/triggers/fqlToken.ts';

/** The sentence that this filter is refused with. */
function problemOf(fql: string): string {
  try {
    checkFqlSyntax(fql);
  } catch (error) {
    expect(error).toBeInstanceOf(FqlSyntaxError);
    expect(error).toHaveProperty('name', 'FqlSyntaxError');
    return (error as FqlSyntaxError).message;
  }
  throw new Error(`${fql} was accepted`);
}

describe('a filter that Segment reads correctly', () => {
  it.each([
    'type = "track"',
    'type = "track" or type = "identify"',
    'type != "page"',
    'event = "Order Completed"',
    'event != "Order Completed"',
    'type = "track" and event = "plan_upgraded"',
    'contains(event,"Order")',
    'contains(event, "Order")',
    '!contains(event, "Order")',
    'match(event,"Order*")',
    'match(event, "*Completed")',
    '!match(properties.plan, "free*")',
    'name = "Home"',
    'name != null',
    'userId != null',
    'userId = "u-1"',
    'properties.total > 10',
    'properties.total >= 10.5 and properties.total < 100',
    'properties.total = -1',
    'properties.total != 0',
    'properties.plan = "pro"',
    'properties.plan != "pro"',
    'properties.trial = true',
    'properties.trial = false',
    'properties.coupon = null',
    'properties.order.items.count > 3',
    'properties.order_id = "o-1"',
    'properties.android-version = "14"',
    'traits.plan = "premium"',
    'context.personas.computation_key = "vip"',
    'contains(context.page.url, "/pricing")',
    '(type = "track")',
    'type = "track" and (event = "a" or event = "b")',
    '(type = "track" and event = "a") or (type = "page" and name = "Home")',
    'type="track"',
    'type = "track" and (event = "b" or contains(event, "a"))',
    '(contains(event, "a")) or (match(event, "*b"))',
    '  type\t=\n"track"  ',
    'event = "日本語 🎉"',
    `event = "it's"`,
    'event = "100% (really)"',
    'type = "delete"',
  ])('is accepted: %s', (fql) => {
    expect(() => checkFqlSyntax(fql)).not.toThrow();
    expect(parseFql(fql)).not.toHaveProperty('error');
  });
});

describe('a filter in single quotes', () => {
  it('never matches at Segment', () => {
    expect(validate(parseFql("type = 'track'"), { type: 'track' })).toBe(false);
  });

  it.each([
    ["type = 'track'", '"track"'],
    ["event = 'Order Completed'", '"Order Completed"'],
    ["properties.plan = 'pro'", '"pro"'],
    ["contains(event, 'Order')", '"Order"'],
    ["match(event, 'Order*')", '"Order*"'],
    ['type = "track" and (event = \'a\' or event = "b")', '"a"'],
  ])('is refused with the fix: %s', (fql, fixed) => {
    expect(problemOf(fql)).toMatch(/single quotes.*never matches/);
    expect(problemOf(fql)).toContain(`write ${fixed}`);
  });
});

describe('a condition that Segment would ignore', () => {
  it('makes the rest match more often than meant', () => {
    expect(validate(parseFql('type = "track" and email = "x"'), { type: 'track' })).toBe(true);
  });

  it.each([
    ['email = "x"', '"email"'],
    ['type = "track" and email = "x"', '"email"'],
    ['anonymousId = "a"', '"anonymousId"'],
    ['messageId = "a"', '"messageId"'],
    ['Type = "track"', '"Type"'],
    ['properties = "x"', '"properties"'],
    ['context = null', '"context"'],
    ['event.name = "x"', '"event.name"'],
    ['contains(email, "x")', '"email"'],
    ['contains(traits, "x")', '"traits"'],
    ['not type = "track"', '"not"'],
  ])('is refused, with the field and the possible fields: %s', (fql, field) => {
    expect(problemOf(fql)).toContain(field);
    expect(problemOf(fql)).toContain('use type, event, name, userId, properties.…, traits.… or context.…');
  });

  it.each([
    ['starts_with(event, "x")', '"starts_with"'],
    ['typeof(event)', '"typeof"'],
    ['lower(event) = "x"', '"lower"'],
    ['!startsWith(event, "x")', '"startsWith"'],
    ['!type = "track"', '"type"'],
  ])('is refused for an unknown function: %s', (fql, name) => {
    expect(problemOf(fql)).toContain(`no function ${name}`);
    expect(problemOf(fql)).toContain('use contains or match');
  });

  it.each(['contains(type, "track")', '!contains(type, "track")', 'match(type, "tr*")'])(
    'is refused for a function of type: %s',
    (fql) => {
      expect(problemOf(fql)).toMatch(/\(type, …\).*compare type with = instead/);
    },
  );
});

describe('a pattern that Segment would misread', () => {
  it.each(['Order', '*Order*', 'Or*der', '**', ''])('is refused: match(event, "%s")', (pattern) => {
    expect(problemOf(`match(event, "${pattern}")`)).toMatch(/needs exactly one \*, at the start or the end/);
  });
});

describe('conditions that Segment would join differently from how they read', () => {
  it('are refused when they mix and with or: Segment applies the last one to all', () => {
    const upgrade = { type: 'track', event: 'b' };
    expect(validate(parseFql('event = "b" or type = "page" and name = "c"'), upgrade)).toBe(false);
    for (const fql of [
      'type = "track" and event = "a" or event = "b"',
      'type = "track" or event = "a" and event = "b"',
      'type = "track" and (event = "a" or event = "b" and name = "c")',
    ]) {
      expect(problemOf(fql)).toMatch(/mixes and with or.*use parentheses/);
    }
  });

  it('are refused with parentheses inside parentheses', () => {
    for (const fql of ['((type = "track"))', 'type = "track" and (event = "a" or (event = "b"))']) {
      expect(problemOf(fql)).toContain('parentheses inside parentheses');
    }
  });

  it('are refused with a function in parentheses that is not last: its own parenthesis ends the group', () => {
    const fql = 'type = "page" and (contains(event, "a") or event = "b")';
    expect(validate(parseFql(fql), { type: 'page' })).toBe(true);
    for (const misread of [
      fql,
      '(match(event, "a*") and type = "track") or type = "page"',
      'type = "page" and (contains(event, "a") or contains(event, "b"))',
    ]) {
      expect(problemOf(misread)).toMatch(
        /comes before another condition inside parentheses.*put it last in the group/,
      );
    }
  });

  it.each([
    ['type = "track" event = "a"', '"event"'],
    ['type = "track", event = "a"', '","'],
    ['contains(event, "a") contains(event, "b")', '"contains"'],
    ['(type = "track")(event = "a")', '"("'],
    ['type = "track" AND event = "a"', '"AND"'],
    ['type = "track")', '")"'],
  ])('are refused without and / or between them: %s', (fql, token) => {
    expect(problemOf(fql)).toContain(token);
    expect(problemOf(fql)).toContain('join conditions with and / or');
  });

  it.each([
    'type = "track" and',
    'type = "track" or ()',
    'and type = "track"',
    'type = "track" and or event = "a"',
    '(type = "track" and)',
  ])('are refused with and / or that joins nothing: %s', (fql) => {
    expect(problemOf(fql)).not.toBe('');
  });
});

describe('a comparison that never matches, or always', () => {
  it.each([
    ['type = "trak"', 'the types are track, identify, page, screen, group, alias, delete'],
    ['type = "Track"', 'the types are'],
    ['type != "trak"', 'the types are'],
    ['event = ""', 'is the filter of a new mapping at Segment, and matches only events with an empty name'],
    ['type = ""', 'every event has a type'],
    ['event = 5', 'with a string in double quotes'],
    ['event = null', 'with a string in double quotes'],
    ['type = true', 'with a string in double quotes'],
    ['type = track', 'with a string in double quotes'],
    ['properties.plan = pro', 'put the string in double quotes'],
    ['userId = u1', 'put the string in double quotes'],
  ])('is refused: %s', (fql, problem) => {
    expect(problemOf(fql)).toContain(problem);
  });

  it.each(['event > "a"', 'type < "track"', 'event >= "Order"', 'name > "Home"', 'userId > 5', 'name <= 3'])(
    'is refused where a string is ordered: %s',
    (fql) => {
      expect(validate(parseFql(fql), { type: 'track', event: 'z', name: 'Z', userId: '9' })).toBe(false);
      expect(problemOf(fql)).not.toBe('');
    },
  );

  it.each([
    'properties.total > "many"',
    'properties.total > ""',
    'properties.total <= " "',
    'properties.total < null',
    'properties.total >= true',
    'properties.total > x5x',
    String.raw`properties.total > \10`,
  ])('is refused where a number is ordered with something that is not a number: %s', (fql) => {
    expect(problemOf(fql)).toContain('Segment orders only numbers');
  });

  it.each(['userId = true', 'userId = false'])(
    'is refused where an id is compared with true or false: %s',
    (fql) => {
      expect(validate(parseFql(fql), { type: 'track', userId: 'true' })).toBe(false);
      expect(problemOf(fql)).not.toBe('');
    },
  );

  it.each([
    ['properties.trial != true', 'write properties.trial = false'],
    ['traits.trial != false', 'write traits.trial = true'],
    ['userId != true', 'userId is a string'],
  ])('is refused where Segment compares a boolean with a string: %s', (fql, fix) => {
    expect(validate(parseFql(fql), { properties: { trial: true }, traits: { trial: false } })).toBe(true);
    expect(problemOf(fql)).toContain(fix);
  });

  it.each(['properties.a\\.b = "x"', 'contains(traits.a\\[b, "x")'])(
    'is refused where an escaped character divides a path: %s',
    (fql) => {
      const literal = { properties: { 'a.b': 'x' }, traits: { 'a[b': 'x' } };
      expect(validate(parseFql(fql), literal)).toBe(false);
      expect(problemOf(fql)).not.toBe('');
    },
  );

  it.each([
    String.raw`properties.products.\[0\].brand = "x"`,
    String.raw`properties.products\[0\].brand = "x"`,
    String.raw`properties.grid.\[0\]\[1\] = "x"`,
  ])("is accepted where it names an array's element as Segment's editor writes it: %s", (fql) => {
    expect(() => checkFqlSyntax(fql)).not.toThrow();
    const element = { properties: { products: [{ brand: 'x' }], grid: [['w', 'x']] } };
    expect(validate(parseFql(fql), element)).toBe(true);
  });

  it.each([
    String.raw`properties.products.\[brand\] = "x"`,
    String.raw`properties.products.\[0 = "x"`,
    String.raw`properties.products.\[\] = "x"`,
  ])('is refused where brackets do not name an element of an array: %s', (fql) => {
    expect(problemOf(fql)).toContain('escaped dot or bracket');
  });

  it.each(['properties.total = -', 'properties.total > +', 'properties.trial !true'])(
    'is refused where it is not a comparison: %s',
    (fql) => {
      expect(problemOf(fql)).not.toBe('');
    },
  );
});

describe('a filter that cannot be read', () => {
  it.each([
    ['', 'it ends where a condition is expected'],
    [' \n ', 'it ends where a condition is expected'],
    ['()', 'where a field is expected'],
    ['"track" = type', 'where a field is expected'],
    ['!= "track"', '"!=" was found where a field is expected'],
    ['> 5', '">" was found where a field is expected'],
    ['type', 'it ends where an operator after type is expected'],
    ['type =', 'it ends where a value for type is expected'],
    ['properties. = "x"', 'a name after "properties."'],
    ['(type = "track"', 'it ends where a closing parenthesis is expected'],
    ['(type = "track" event = "a")', 'a closing parenthesis'],
    ['contains(event)', 'a comma'],
    ['contains(event "a")', 'a comma'],
    ['contains(event, "a"', 'a closing parenthesis'],
    ['contains("a", event)', 'a field'],
    ['contains(event, x)', 'a string in double quotes'],
    ['contains(event, 5)', 'a string in double quotes'],
    ['!(type = "track")', 'contains or match'],
    ['!contains event, "a")', 'an opening parenthesis'],
    ['(contains(event, "a")', 'it ends where a closing parenthesis is expected'],
    ['event = "Order', 'unterminated string'],
    ['type = "track" && event = "a"', 'invalid character'],
    ['properties.$ltv > 5', 'invalid character'],
    ['properties.items[0] = "x"', 'cannot be read'],
    ['properties.total = 1.2.3', 'multiple decimal points'],
    ['type == "track"', 'there is no such operator; "equals" is written ='],
  ])('is refused with what is wrong: %s', (fql, problem) => {
    expect(problemOf(fql)).toContain(problem);
  });

  it.each([String.raw`event = "a\"b"`, String.raw`event = "say \"hi\""`, String.raw`event = "a\" "`])(
    'is refused for escaped quotes, which FQL cannot read: %s',
    (fql) => {
      expect(problemOf(fql)).toContain('an escaped quote, which FQL cannot read');
    },
  );
});
