/**
 * `npm run release`: checks that this tree can be released, makes the files of the release, and publishes them from a CI.
 * With `--dry-run` it does all but tag and publish.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { runProgram } from '../cli/runProgram.ts';
import { projectRoot } from '../infra/bundling/projectRoot.ts';
import { readChangelog } from './release/changelog.ts';
import { readGitState } from './release/gitState.ts';
import { makeSbom } from './release/makeSbom.ts';
import { type LockFile, productionPackages } from './release/productionPackages.ts';
import { type Manifest, publishingProblems, releaseCommands } from './release/publishing.ts';
import { gitProblems, lockProblems, unreleasedProblems, versionProblems } from './release/readiness.ts';
import { ReleaseError } from './release/releaseError.ts';
import { sizeOf, writeChecksums } from './release/releaseFiles.ts';
import { licenceCounts, type Sbom, sbomProblems } from './release/sbom.ts';
import { checks, pack, run } from './release/steps.ts';

interface ReleaseOptions {
  readonly dryRun?: true;
  readonly yes?: true;
  readonly checks: boolean;
}

const folder = 'release';
const folderPath = join(projectRoot, folder);
const sbomName = 'sbom.cdx.json';
const read = (path: string): string => readFileSync(join(projectRoot, path), 'utf8');
const manifest: Manifest = JSON.parse(read('package.json'));
const lock: LockFile = JSON.parse(read('package-lock.json'));
const checkCommands = checks.map(([script]) => `npm run ${script}`).join(', ');

const program = new Command('release')
  .description(
    `Releases the version of package.json: checks the repository, the version and the changelog, runs ${checkCommands}, and writes ${folder}/ with the tarball, its SBOM and SHA256SUMS. Then it tags the commit and publishes to npm with provenance.

Only a job of GitHub Actions or GitLab CI can publish, because npm signs provenance with an identity token of the job. On your machine, use --dry-run. The policy of versions is docs/versions.md.`,
  )
  .option('--dry-run', 'do all but tag and publish, and show the commands that would')
  .option('--yes', 'tag and publish')
  .option('--no-checks', `leave out ${checkCommands}; only with --dry-run`)
  .showHelpAfterError('(add --help to see how it is used)')
  .action(release);

await runProgram(program, [ReleaseError]);

function release(options: ReleaseOptions): void {
  const { dryRun = false } = options;
  requireOptions(options);
  console.log(
    `${manifest.name} ${manifest.version}.${dryRun ? ' A dry run: nothing is tagged or published.' : ''}`,
  );
  const obstacles = checkTree(dryRun);
  const sbom = makeCheckedSbom();
  for (const [script, shows] of options.checks ? checks : []) {
    announce(`npm run ${script}: ${shows}`);
    run(projectRoot, ['npm', 'run', '--silent', script], 'Repair what it reports.');
  }
  const tarball = buildAndPack();
  writeFileSync(join(folderPath, sbomName), `${JSON.stringify(sbom, undefined, 2)}\n`);
  writeChecksums(folderPath, [tarball, sbomName]);
  announce(`Files in ${folder}/`);
  for (const name of [tarball, sbomName, 'SHA256SUMS']) {
    console.log(`${sizeOf(folderPath, name).padStart(7)}  ${name}`);
  }
  const commands = releaseCommands(manifest, `${folder}/${tarball}`);
  if (dryRun) {
    showWhatFollows(commands, [
      ...(options.checks ? [] : [`The checks were left out: ${checkCommands}.`]),
      ...obstacles,
    ]);
    return;
  }
  for (const command of commands) {
    announce(command.join(' '));
    run(projectRoot, command, 'What came before it is done. Do it and the commands after it by hand.');
  }
}

/** @throws ReleaseError for options that contradict each other, or ask for nothing */
function requireOptions({ dryRun, yes, checks: withChecks }: ReleaseOptions): void {
  if (dryRun && yes) {
    throw new ReleaseError('--dry-run and --yes contradict each other: give one of them.');
  }
  if (!dryRun && !withChecks) {
    throw new ReleaseError('--no-checks goes with --dry-run alone: a release has passed its checks.');
  }
  if (!dryRun && !yes) {
    throw new ReleaseError(
      `This would publish ${manifest.name} ${manifest.version} to npm for good. Add --yes to do it, or --dry-run to see what it would do.`,
    );
  }
}

/** @returns what would stop a real release; a dry run goes on */
function checkTree(dryRun: boolean): readonly string[] {
  announce('Repository, version and changelog');
  const { version } = manifest;
  const entries = readChangelog(read('CHANGELOG.md'));
  const git = readGitState(projectRoot);
  const obstacles = [...unreleasedProblems(entries, version), ...publishingProblems(manifest, process.env)];
  refuse([
    ...gitProblems(git, version),
    ...versionProblems(manifest, entries, new Date().toISOString().slice(0, 10)),
    ...lockProblems(lock, manifest),
    ...(dryRun ? [] : obstacles),
  ]);
  console.log(`This is main, at ${git.head.slice(0, 9)}. ${version} follows the versions before it.`);
  return obstacles;
}

/** @returns the name of the tarball */
function buildAndPack(): string {
  announce('npm run build, and npm pack');
  run(projectRoot, ['npm', 'run', '--silent', 'build'], 'Repair what it reports.');
  rmSync(folderPath, { recursive: true, force: true });
  mkdirSync(folderPath);
  return pack(projectRoot, folderPath);
}

/** The bill of materials of what the lock file gives this package. */
function makeCheckedSbom(): Sbom {
  announce('npm sbom, and licences');
  const sbom = makeSbom(projectRoot);
  refuse(sbomProblems(sbom, manifest, productionPackages(lock)));
  const counts = licenceCounts(sbom).map(([licence, count]) => `${count} ${licence}`);
  console.log(`${sbom.components.length} packages come with it: ${counts.join(', ')}.`);
  return sbom;
}

function showWhatFollows(commands: readonly (readonly string[])[], obstacles: readonly string[]): void {
  announce('A release would now run');
  console.log(commands.map((command) => command.join(' ')).join('\n'));
  if (obstacles.length > 0) {
    console.log('\nBut not yet, or not here:');
    console.log(obstacles.map((obstacle) => `- ${obstacle}`).join('\n'));
  }
}

function announce(title: string): void {
  console.log(`\n== ${title}`);
}

/** @throws ReleaseError if there are problems, with all of them */
function refuse(problems: readonly string[]): void {
  if (problems.length > 0) {
    throw new ReleaseError(problems.map((problem) => `- ${problem}`).join('\n'));
  }
}
