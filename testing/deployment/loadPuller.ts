import { createPuller } from '../../functions/pull/createPuller.ts';
import type { PullDependencies } from '../../functions/pull/pullDependencies.ts';
import {
  average,
  clientOn,
  defaults,
  type Surroundings,
  sleepOf,
  systemsOf,
  tableName,
} from './loadFunctions.ts';

/** Puts the puller together, as its entry does. */
export function loadPuller(around: Surroundings): PullDependencies {
  const { aws, time, triggers, grants } = around;
  const { segmentTracking: _onlyForRuns, ...systems } = systemsOf(around);
  return createPuller({
    settings: { ...defaults, stepMs: 840_000 },
    triggers,
    grants,
    clients: aws,
    tableName,
    queueUrls: { pulls: 'pulls', bulk: 'bulk' },
    resultsTopicArn: 'results',
    systems,
    openFile: () => Promise.reject(new Error('A trial has no files')),
    report: around.onPull,
    onCall: around.onCall,
    onTrouble: around.onTrouble,
    now: time.now,
    random: average,
    sleep: sleepOf(time),
    systemClient: clientOn(around),
  });
}
