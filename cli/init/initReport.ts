import type { FileOutcome } from './writeFiles.ts';

/** Says what became of the files, one a line; of a file that was kept, also what would have been in it. */
export function filesText(outcomes: readonly FileOutcome[], isDryRun: boolean): string {
  const words = { written: isDryRun ? 'would write' : 'wrote', kept: 'kept', same: 'is there' } as const;
  const width = Math.max(...Object.values(words).map((word) => word.length));
  return outcomes
    .map(({ file, outcome }) => {
      const about = outcome === 'kept' ? `as it is; new it would have: ${file.about}` : file.about;
      return `  ${words[outcome].padEnd(width)}  ${file.path}  (${about})`;
    })
    .join('\n');
}

/** The next steps. @param folder from the working directory; empty if it is that */
export function nextSteps(folder: string, isInstalled: boolean): string {
  const steps = [
    ...(folder === '' ? [] : [[`cd ${/^[\w./-]+$/.test(folder) ? folder : JSON.stringify(folder)}`, '']]),
    ...(isInstalled ? [] : [['npm install', 'what the app needs']]),
    ['npm start', 'see it work on this machine: no account, no credits'],
    ['npm test', 'test the triggers in memory'],
    ['npm run deploy', 'deploy it to AWS; README.md says what it needs'],
  ];
  return `Next:\n${steps.map(([command = '', what]) => `  ${command.padEnd(16)}${what}`.trimEnd()).join('\n')}`;
}
