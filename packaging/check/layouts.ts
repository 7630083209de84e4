import { join } from 'node:path';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';
import { runCommand } from './runCommand.ts';

/** How an app installs its packages. */
export const layouts = ['npm', 'linked', 'pnpm'] as const;
export type Layout = (typeof layouts)[number];

const npmFlags = ['install', '--prefer-offline', '--no-audit', '--no-fund'];

/**
 * Installs what the package.json of an app names.
 *
 * - `npm`: everything side by side.
 * - `linked`: strict. A package finds only what it depends on itself.
 * - `pnpm`: strict too, with links into a store.
 *
 * @throws CheckError if the installation fails
 */
export async function install(layout: Layout, app: string): Promise<void> {
  if (layout === 'pnpm') {
    const pnpm = join(projectRoot, 'node_modules/.bin/pnpm');
    await runCommand(pnpm, ['install', '--prefer-offline', '--ignore-scripts'], {
      cwd: app,
      env: { CI: 'true' },
    });
    return;
  }
  const strategy = layout === 'linked' ? ['--install-strategy=linked'] : [];
  await runCommand('npm', [...npmFlags, ...strategy], { cwd: app });
}
