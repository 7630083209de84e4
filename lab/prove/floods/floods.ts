/// <reference lib="esnext.disposable" />
import { fileURLToPath } from 'node:url';
import { localSecrets } from '../../../local/system/systemOptions.ts';
import { bootLocalSystem } from '../../../local/system.ts';
import { startMaveraSimulator } from '../../../simulators/mavera/simulator.ts';
import { newKeyPair } from '../../../simulators/sendgrid/keyPair.ts';
import { sum } from '../../statistics.ts';
import type { Proof, ProofOptions, ProofResult } from '../proof.ts';
import { floodSystem } from './floodSystem.ts';
import { floodTable } from './floodTable.ts';
import {
  goodMarkers,
  judgeFloods,
  judgeKind,
  lostMarkers,
  repeatedMarkers,
  unfinishedMarkers,
} from './judgeFloods.ts';
import type { FloodObservation } from './observation.ts';
import { synthesizeForFloods } from './synthesizeForFloods.ts';

/** More than any plan has: the floods are tried here, not the pace. */
const requestsPerMinute = 100_000;
const bearerToken = 'floods-bearer-token';

/** Shows that no flood of hostile or heavy requests stops good traffic, starts a run or takes more than its memory. */
export const floods: Proof = {
  name: 'floods',
  description:
    'hostile and heavy requests beside good events: no hostile one is accepted, no good one is lost',
  run: runFloods,
};

async function runFloods(options: ProofOptions): Promise<ProofResult> {
  await using started = new AsyncDisposableStack();
  const mavera = await startMaveraSimulator({
    apiKey: localSecrets.maveraApiKey,
    requestsPerMinute,
    monthlyCredits: 100_000_000,
    latency: 1,
  });
  started.defer(() => mavera.stop());
  const { privateKey, publicKey } = newKeyPair();
  const system = await bootLocalSystem({
    maveraBaseUrl: mavera.baseUrl,
    bearerToken,
    sendgridPublicKey: publicKey,
    triggersFile: fileURLToPath(import.meta.resolve('./triggers.ts')),
    context: {
      maveraRequestsPerMinute: requestsPerMinute,
      maveraTimeout: '20s',
      // Fewer than the concurrency cap, so that no run waits minutes for it.
      runnerConcurrency: 4,
      // The smallest setting: what fits into it fits into more.
      receiverMemoryMb: 512,
    },
    receiverPoolSize: 3,
    synthesize: synthesizeForFloods,
    redeliverAfterSeconds: 1,
    onProgress: options.progress,
  });
  started.defer(() => system.stop());
  const sources = { privateKey, webhookSecret: system.segopsWebhookSecret };
  const seen = await floodSystem(system, mavera, options, { bearerToken, sources });
  return { table: floodTable(seen), counts: countsOf(seen), failures: judgeFloods(seen) };
}

function countsOf(seen: FloodObservation): Readonly<Record<string, number>> {
  return {
    'floods held': seen.kinds.filter((kind) => judgeKind(kind).length === 0).length,
    'flood requests': sum(seen.kinds.map(({ requests }) => requests)),
    'events sent': goodMarkers(seen).size,
    'not finished': unfinishedMarkers(seen).length,
    lost: lostMarkers(seen).length,
    twice: repeatedMarkers(seen).length,
  };
}
