import * as fc from 'fast-check';
import { anyText } from '../../arbitraries/json.ts';

/** Words of all commands, right and wrong ones. */
const words = fc.oneof(
  fc.constantFrom(
    ...[
      'status',
      'runs',
      'list',
      'show',
      'redrive',
      'dead-letters',
      'discard',
      'pause',
      'resume',
      'budget',
      'set',
      'forget',
      'tail',
    ],
    ...['segment', 'check', 'test', 'rotate', 'mappings', 'dry-run', 'help'],
  ),
  fc.constantFrom(
    ...[
      '--stack',
      '--region',
      '--local',
      '--json',
      '--help',
      '-h',
      '--version',
      '--since',
      '--limit',
      '--state',
      '--trigger',
      '--all',
    ],
    ...[
      '--source',
      '--name',
      '--triggers',
      '--no-batching',
      '--batch-size',
      '--eu',
      '--api-url',
      '--tracking-url',
      '--apply',
      '--yes',
    ],
    ...[
      '--bearer',
      '--by-hand',
      '--switched',
      '--finish',
      '--route',
      '--reason',
      '--per',
      '--watch',
      '--',
      '-',
      '--stack=',
      '--since=1h',
    ],
  ),
  fc.constantFrom(
    ...[
      '90m',
      '24h',
      '0s',
      '-1h',
      '99999999999d',
      '2026-01-01',
      '2026-13-45',
      'now',
      '0',
      '1',
      '-5',
      '1e3',
      '4001',
      '999999999999999',
    ],
    ...[
      'a'.repeat(40),
      'abcdef',
      'ABCDEF',
      'xyz',
      'plan-upgraded',
      '*',
      '__proto__',
      'waiting',
      'done',
      'month',
      'https://x?y',
      'http://x',
    ],
    ...[
      'http://127.0.0.1:9',
      'https://u:p@x',
      'events.ndjson',
      'throws.ts',
      'broken.ts',
      'nowhere.ts',
      'plain.ts',
      '*.ndjson',
    ],
  ),
  { weight: 1, arbitrary: anyText.map((text) => text.replaceAll('\0', '')) },
);

/** Command lines that are right, as far as they need no server. */
const right: Readonly<Record<string, readonly string[]>> = {
  ops: [
    ...[
      'status',
      'status --json',
      'runs list --state failed --since 7d',
      'runs list --user u-1 --limit 5 --json',
    ],
    ...[
      'runs show abcdef',
      'runs redrive abcdef --again --yes',
      'runs redrive --state failed --trigger a --dry-run',
    ],
    ...[
      'dead-letters list',
      'dead-letters redrive --all',
      'dead-letters discard --reason expired --yes',
      'pause a',
    ],
    ...[
      'resume',
      'budget list',
      'budget set 500 --trigger a',
      'budget set default',
      'forget u-1 u-2 --dry-run',
      'tail --every 10 --since 1h',
    ],
  ],
  connect: [
    ...[
      'segment --source web',
      'segment --source web --eu --dry-run --prune --no-test',
      'check --source web --json',
    ],
    ...[
      'segment --source web --batch-size 4000 --wait 90s --name x',
      'test --source web --wait 5m',
      'rotate --bearer',
    ],
    ...['rotate --finish --by-hand', 'rotate --switched', 'check --source web --api-url http://127.0.0.1:9'],
  ],
  triggers: [
    ...[
      'check',
      'check throws.ts',
      'check broken.ts',
      'check plain.ts',
      'mappings odd.ts',
      'dry-run nested.ndjson --triggers odd.ts',
      'check --triggers nowhere.ts',
    ],
    ...[
      'dry-run events.ndjson --triggers odd.ts',
      'dry-run *.ndjson --json --route a/b',
      'dry-run nowhere.ndjson',
    ],
  ],
};

/** Arguments as somebody may type them: right, with a mistake or two, or anything. */
export function anyArguments(program: string): fc.Arbitrary<string[]> {
  const anything = fc.array(words, { maxLength: 7 });
  const lines = right[program];
  if (lines === undefined) {
    return anything;
  }
  const line = fc.constantFrom(...lines).map((text) => text.split(' '));
  const slips = fc.array(fc.tuple(fc.nat({ max: 7 }), fc.boolean(), words), { maxLength: 2 });
  const slipped = fc
    .tuple(line, slips)
    .map(([given, some]) =>
      some.reduce((argv, [at, replaces, word]) => argv.toSpliced(at, replaces ? 1 : 0, word), given),
    );
  return fc.oneof({ weight: 4, arbitrary: slipped }, anything);
}
