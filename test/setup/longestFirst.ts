import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, the longest first: all that take more than ten seconds on two idle cores. */
export const longestFiles = [
  'test/lab/prove/proofs.test.ts',
  'test/e2e/recipes.test.ts',
  'test/e2e/pipeline.test.ts',
  'test/lab/prove/floods.test.ts',
  'test/e2e/permissions.test.ts',
  'test/e2e/connectSources.test.ts',
  'test/e2e/connect.test.ts',
  'test/local/dev.test.ts',
  'test/local/system.test.ts',
  'test/e2e/chain.test.ts',
  'test/lab/simulation/scenarios.test.ts',
  'test/integration/runScenarios.test.ts',
  'test/integration/pace.property.test.ts',
  'test/integration/paceBacklog.test.ts',
  'test/cli/dryRunPull.test.ts',
  'test/cli/connect/maveraProbe.test.ts',
  'test/cli/ops/command.test.ts',
];

/**
 * Runs the projects in the order of the configuration, and in each of them the longest files first, so that no
 * worker is left alone with a long one at the end.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const projects = this.ctx.projects.map(({ name }) => name);
    const ranks = new Map(longestFiles.map((path, index) => [this.ctx.config.root.concat('/', path), index]));
    const rank = ({ moduleId }: TestSpecification): number => ranks.get(moduleId) ?? longestFiles.length;
    const sorted = await super.sort(files);
    return sorted.sort(
      (a, b) => projects.indexOf(a.project.name) - projects.indexOf(b.project.name) || rank(a) - rank(b),
    );
  }
}
