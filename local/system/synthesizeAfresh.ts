/// <reference lib="esnext.disposable" />
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../infra/synthesize.ts';
import type { LocalSystemOptions } from './systemOptions.ts';

/** Nothing that runs here may reach Segment by itself. */
const nowhere = 'http://127.0.0.1:9/v1';

/**
 * Synthesizes the template into a directory of its own, which goes with the system: several systems can run at once,
 * and nobody's `cdk.out` is touched.
 *
 * @returns the directory.
 */
export async function synthesizeAfresh(
  options: LocalSystemOptions,
  started: AsyncDisposableStack,
): Promise<string> {
  const outdir = await mkdtemp(join(tmpdir(), 'mavera-triggers-'));
  started.defer(() => rm(outdir, { recursive: true, force: true }));
  const { maveraBaseUrl, segmentTrackingUrl = nowhere, triggersFile, signal } = options;
  await (options.synthesize ?? synthesize)({
    outdir,
    context: {
      ...options.context,
      maveraBaseUrl,
      segmentTrackingUrl,
      ...(triggersFile === undefined ? {} : { triggersFile }),
    },
    ...(signal === undefined ? {} : { signal }),
  });
  return outdir;
}
