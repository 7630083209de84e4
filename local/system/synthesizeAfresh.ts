/// <reference lib="esnext.disposable" />
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../infra/synthesize.ts';
import { calledSystems, type LocalSystemOptions } from './systemOptions.ts';

/** Each is a process: what the rate limit of a large plan needs in AWS would not fit on this machine. */
const localRunnerConcurrency = 10;

/** A port where nothing listens: the local system must not reach Segment by default. */
const nowhere = 'http://127.0.0.1:9/v1';

/**
 * Synthesizes the template into a new directory, which is removed with the system. So several systems can run at once,
 * and `cdk.out` is not changed.
 *
 * @returns the directory.
 */
export async function synthesizeAfresh(
  options: LocalSystemOptions,
  started: AsyncDisposableStack,
): Promise<string> {
  const outdir = await mkdtemp(join(tmpdir(), 'mavera-triggers-'));
  started.defer(() => rm(outdir, { recursive: true, force: true }));
  const { segmentProfiles, segmentApi, segops, sendgrid } = calledSystems(options);
  const { maveraBaseUrl, segmentTrackingUrl = nowhere, triggersFile, signal } = options;
  await (options.synthesize ?? synthesize)({
    outdir,
    context: {
      runnerConcurrency: localRunnerConcurrency,
      segmentProfileSpace: segmentProfiles.space,
      ...options.context,
      maveraBaseUrl,
      segmentTrackingUrl,
      segmentProfilesUrl: segmentProfiles.url,
      segmentApiUrl: segmentApi.url,
      segopsBaseUrl: segops.url,
      sendgridBaseUrl: sendgrid.url,
      ...(triggersFile === undefined ? {} : { triggersFile }),
    },
    ...(signal === undefined ? {} : { signal }),
  });
  return outdir;
}
