import { startBenchAws } from '../aws/benchAws.ts';
import { startDistantAws } from '../aws/distantAws.ts';
import type { Bundles } from '../bundles/bundles.ts';
import { type ContactsCost, measureContacts } from '../contacts/measureContacts.ts';
import { startLoadedDynamo } from '../ledger/loadedDynamo.ts';
import { measureOverlap, type OverlapAnswers } from '../overlap/measureOverlap.ts';
import { measurePace } from '../pace/measurePace.ts';
import type { PaceAccuracy } from '../pace/paceAccuracy.ts';
import { type Fairness, measureFairness } from '../parking/measureFairness.ts';
import { type FirstCall, measureFirstCall } from '../parking/measureFirstCall.ts';
import { measureParking, type ParkingPace } from '../parking/measureParking.ts';
import { measureParkingCost, type ParkingCost } from '../parking/measureParkingCost.ts';
import { type ColdAnswers, measureColdAnswers } from './coldAnswers.ts';
import { type EventCosts, measureEventCosts } from './eventCosts.ts';
import { HandlerProcess } from './handlerProcess.ts';
import { type HandlerName, prepareHandlers, type StartHandler } from './handlers.ts';
import { type LargestBatch, measureLargestBatch } from './largestBatch.ts';
import { type Latencies, measureLatencies } from './latencies.ts';
import { claims, type LedgerCosts, measureLedgerCosts } from './ledgerCosts.ts';
import { measureStartCost, type StartCost } from './startCost.ts';
import { withHandlers } from './withHandlers.ts';

/** All that a whole run of the bench finds out. */
export interface Measurements {
  readonly start: StartCost;
  /** Absent in results of earlier versions. */
  readonly cold?: ColdAnswers | undefined;
  readonly events: Readonly<Record<HandlerName, EventCosts>>;
  readonly largest: Readonly<Record<'receiver' | 'baseline', LargestBatch>>;
  readonly latency: Latencies<'receiver' | 'baseline'>;
  readonly ledger: LedgerCosts;
  readonly pace: PaceAccuracy;
  readonly parking: ParkingPace;
  readonly fairness: Fairness;
  readonly admission: FirstCall;
  readonly bill: ParkingCost;
  readonly overlap: OverlapAnswers;
  /** Absent in results of earlier versions. */
  readonly contacts?: ContactsCost | undefined;
}

/** One measurement, as on the command line. */
export type MeasurementName = keyof Measurements;

/** What the measuring needs. */
export interface MeasuringOptions {
  readonly bundles: Bundles;
  /** For the loads. */
  readonly directory: string;
  /** The PATH to look for the emulator on. */
  readonly path: string;
  readonly progress: (line: string) => void;
}

const measure: {
  readonly [Name in MeasurementName]: (options: MeasuringOptions) => Promise<Measurements[Name]>;
} = {
  start: ({ bundles, progress }) => measureStartCost(bundles, progress),
  cold: measureCold,
  events: (options) =>
    withBenchAws(options, (start) =>
      withHandlers(['receiver', 'baseline', 'putAndSend'], start, (handlers) =>
        measureEventCosts(handlers, options.progress),
      ),
    ),
  largest: (options) => withBenchAws(options, (start) => measureLargest(start, options.progress)),
  latency: (options) =>
    withBenchAws(options, (start) =>
      withHandlers(['receiver', 'baseline'], start, (handlers) =>
        measureLatencies(handlers, options.progress),
      ),
    ),
  ledger: measureLedger,
  pace: ({ progress }) => measurePace(progress),
  parking: ({ progress }) => measureParking(progress),
  fairness: ({ progress }) => measureFairness(progress),
  admission: ({ progress }) => measureFirstCall(progress),
  bill: ({ progress }) => measureParkingCost(progress),
  overlap: ({ progress }) => measureOverlap(progress),
  contacts: ({ bundles, directory, path, progress }) =>
    measureContacts({ directory, path, program: bundles.programs.pullProcess, progress }),
};

/** In the order in which they are made. */
export const measurementNames = Object.keys(measure) as readonly MeasurementName[];

/** Whether nothing was left out. */
export function isWhole(measured: Partial<Measurements>): measured is Measurements {
  return measurementNames.every((name) => measured[name] !== undefined);
}

/**
 * Makes the measurements named, one at a time.
 *
 * @throws LabError when a handler does not do its job
 */
export async function measureAll(
  names: readonly MeasurementName[],
  options: MeasuringOptions,
): Promise<Partial<Measurements>> {
  const found: Partial<Record<MeasurementName, unknown>> = {};
  for (const name of measurementNames.filter((known) => names.includes(known))) {
    found[name] = await measure[name](options);
  }
  return found as Partial<Measurements>;
}

/** Each measurement has emulators of its own, so that none finds what another one left there. */
async function withBenchAws<Result>(
  { bundles, directory, path }: MeasuringOptions,
  work: (start: StartHandler) => Promise<Result>,
): Promise<Result> {
  const aws = await startBenchAws(path);
  try {
    return await work(await prepareHandlers(bundles, aws, directory));
  } finally {
    await aws.stop();
  }
}

/** First answers with the emulators some milliseconds away, as AWS is. */
async function measureCold({ bundles, directory, path, progress }: MeasuringOptions): Promise<ColdAnswers> {
  const { receiver, baseline, programs } = bundles;
  await using started = new AsyncDisposableStack();
  const aws = await startBenchAws(path);
  started.defer(() => aws.stop());
  const distant = await startDistantAws(programs.distanceProcess, aws.endpoints);
  started.defer(() => distant.stop());
  const environmentFor = async (name: string, partitionKey: 'pk' | 'id') =>
    distant.environmentFrom(await aws.environmentFor(name, partitionKey));
  const subjects = {
    receiver: { bundle: receiver, environment: await environmentFor('receiver', 'pk') },
    baseline: { bundle: baseline, environment: await environmentFor('baseline', 'id') },
  };
  return await measureColdAnswers({ subjects, program: programs.coldProcess, directory, progress });
}

async function measureLargest(
  start: StartHandler,
  progress: (line: string) => void,
): Promise<Measurements['largest']> {
  const startFresh = (name: HandlerName): ReturnType<StartHandler> => {
    progress(`4,000 events in one batch, in a fresh process (${name})`);
    return start(name);
  };
  return {
    receiver: await measureLargestBatch(() => startFresh('receiver'), 3),
    // Once, for it takes long and no limit hangs on it.
    baseline: await measureLargestBatch(() => startFresh('baseline'), 1),
  };
}

async function measureLedger(options: MeasuringOptions): Promise<LedgerCosts> {
  const { bundles, directory, path, progress } = options;
  const tables = { few: 'bench-few-claims', many: 'bench-many-claims' } as const;
  await using started = new AsyncDisposableStack();
  const dynamo = await startLoadedDynamo(
    path,
    directory,
    { [tables.few]: claims.few, [tables.many]: claims.many },
    progress,
  );
  started.defer(() => dynamo.stop());
  const aws = await startBenchAws(path, { dynamodb: dynamo.endpoint });
  started.defer(() => aws.stop());
  return await withHandlers(
    ['few', 'many'],
    async (name) =>
      HandlerProcess.start({
        name: `receiver with ${name} claims`,
        bundle: bundles.receiver,
        program: bundles.programs.handlerProcess,
        environment: await aws.environmentOn(tables[name]),
        directory,
      }),
    (handlers) => measureLedgerCosts(handlers, progress),
  );
}
