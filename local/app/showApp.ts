import { readdirSync } from 'node:fs';
import { loadTriggers } from '../../infra/bundling/loadTriggers.ts';
import { readEvents } from '../../simulators/segment/readEvents.ts';
import { reportWidth } from '../recipes/reportWidth.ts';
import type { ShowOptions } from '../show.ts';
import { appReport } from './appReport.ts';
import { appRequests } from './appRequests.ts';
import { runApp } from './runApp.ts';

/** Where an app keeps its example events. */
const eventsFolder = 'events';

/**
 * Sends the events of an app's files to its triggers and starts their pulls, waits until the runs are done, and prints what
 * happened.
 *
 * @returns the exit code: 0 only if every event is accounted for, and each run was done once
 */
export async function showApp(options: ShowOptions): Promise<number> {
  const triggersFile = process.env.TRIGGERS ?? 'triggers.ts';
  const triggers = loadTriggers(triggersFile);
  const files = eventsFiles();
  const events =
    files.length === 0 ? `no events (no file ${eventsFolder}/*.ndjson)` : `the events of ${eventsFolder}/`;
  options.onProgress(`with ${triggersFile}, and ${events}`);
  const requests = appRequests(files.length === 0 ? [] : await readEvents(...files), Date.now());
  options.onProgress('everything outside is simulated: AWS, Mavera, Segment, SendGrid, SegOps');
  const outcome = await runApp({ ...options, triggersFile, triggers, requests });
  console.log(`\n${appReport(outcome, reportWidth())}`);
  return outcome.differences.length === 0 ? 0 : 1;
}

function eventsFiles(): readonly string[] {
  try {
    const names = readdirSync(eventsFolder).filter((name) => name.endsWith('.ndjson'));
    return names.sort().map((name) => `${eventsFolder}/${name}`);
  } catch {
    // There is no such folder.
    return [];
  }
}
