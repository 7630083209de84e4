import { describe, expect, it } from 'vitest';
import { unexpectedFiles } from '../../packaging/check/unexpectedFiles.ts';

describe('the files of the package', () => {
  it('are the code that runs, its declarations, examples, and a few pages', () => {
    const wanted = [
      'package.json',
      'LICENSE',
      'cdk.json',
      'dist/functions/receiver.js',
      'dist/functions/receiver.js.map',
      'dist/infra/index.d.ts',
      'dist/local/lambda/bootstrap.mjs',
      'dist/cli/mavera-triggers.js',
      'examples/trials.ndjson',
      'examples/segops/segments.ndjson',
      'examples/recipes/customers.csv',
      'docs/recipes/unified-persona.md',
    ];
    expect(unexpectedFiles(wanted)).toEqual([]);
  });

  it.each([
    ['a source of ours', 'functions/receiver.ts'],
    ['a test', 'test/unit/index.test.ts'],
    ['a measurement', 'dist/lab/bench/bench.js'],
    ["the map of a command, which is not a user's code", 'dist/cli/ops.js.map'],
    ["the repository's own triggers", 'dist/triggers.js'],
    ['a secret', '.npmrc'],
  ])('are not %s', (_, path) => {
    expect(unexpectedFiles([path])).toEqual([path]);
  });
});
