import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../../infra/bundling/projectRoot.ts';
import { pages, performancePage, plotsDirectory } from '../../../lab/bench/document/pages.ts';
import { measurementNames } from '../../../lab/bench/measure/measurements.ts';
import { formatResults, parseResults, readResults, resultsFile } from '../../../lab/bench/results/results.ts';

const read = (path: string): string => readFileSync(join(projectRoot, path), 'utf8');
const results = readResults(join(projectRoot, resultsFile));
const page = read(performancePage);

describe('docs/performance.md', () => {
  it('docs/performance.md shows lab/bench/results.json (if not: npm run bench -- --render)', () => {
    const rendered = pages(results, page);
    expect(page).toBe(rendered[performancePage]);
    for (const [path, content] of Object.entries(rendered)) {
      expect(read(path), path).toBe(content);
    }
  });

  it('docs/performance.md would not pass with another figure', () => {
    const { measurements } = results;
    const { start } = measurements;
    const importTimes = { ...start.importTimes, receiverMs: start.importTimes.receiverMs + 1 };
    const changed = { ...results, measurements: { ...measurements, start: { ...start, importTimes } } };
    const rendered = pages(changed, page);
    expect(rendered[performancePage]).not.toBe(page);
    expect(rendered[`${plotsDirectory}/import.svg`]).not.toBe(read(`${plotsDirectory}/import.svg`));
  });

  it('docs/performance.md shows every plot, and no other', () => {
    const shown = [...page.matchAll(/\]\(plots\/([\w-]+\.svg)\)/g)].map(([, name]) => name);
    expect(shown.toSorted()).toEqual(readdirSync(join(projectRoot, plotsDirectory)).toSorted());
  });

  it('docs/performance.md names the command of every measurement', () => {
    for (const name of measurementNames) {
      expect(page).toContain(`npm run bench -- --only ${name}\n`);
    }
  });
});

describe('lab/bench/results.json', () => {
  it('results.json is read as it was written', () => {
    expect(parseResults(formatResults(results))).toEqual(results);
  });

  it('results.json keeps the infinite time of an answer that never came', () => {
    const { measurements } = results;
    const never = { ...measurements.largest.baseline, wallMs: Number.POSITIVE_INFINITY };
    const changed = {
      ...results,
      measurements: { ...measurements, largest: { ...measurements.largest, baseline: never } },
    };
    expect(parseResults(formatResults(changed)).measurements.largest.baseline.wallMs).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  it.each([
    ['text that is not JSON', () => '{', 'not JSON'],
    [
      'a missing figure',
      () => formatResults({ ...results, machine: { ...results.machine, cores: Number.NaN } }),
      'machine.cores',
    ],
    ['a missing measurement', () => JSON.stringify({ ...results, measurements: {} }), 'measurements.start'],
    ['an invalid date', () => JSON.stringify({ ...results, measuredAt: 'today' }), 'measuredAt'],
  ])('results.json is refused with %s, and the error says where', (_what, text, where) => {
    expect(() => parseResults(text())).toThrow(where);
  });
});
