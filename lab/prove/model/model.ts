import { type Column, formatTable } from '../../../cli/formatTable.ts';
import type { Proof, ProofOptions, ProofResult } from '../proof.ts';
import { type Claims, type Exploration, explore } from './explore.ts';
import {
  exploreParking,
  type ParkingWorld,
  parkingWorlds,
  shortParkingWorlds,
} from './parking/parkingModel.ts';
import { type Bounds, initialState, type State } from './state.ts';
import { transitions } from './transitions.ts';

/** What the protocols promise. */
export const promises: Claims<State> = {
  violation: ({ timesDone, fresh, cameBack }) => {
    const twice = timesDone.findIndex((times) => times > 1);
    if (twice !== -1) {
      return `event ${twice} is done twice`;
    }
    const piling = fresh.findIndex((count, event) => count + (cameBack[event] ?? 0) > 8);
    return piling === -1 ? undefined : `messages of event ${piling} pile up`;
  },
  isGoal: (state) =>
    state.isDelivered.every(Boolean) &&
    state.isPublished.every(Boolean) &&
    state.timesDone.every((times) => times === 1) &&
    state.runs.every((run) => run?.state === 'done') &&
    isAtRest(state),
};

/** Nothing is under way, and no lease in the ledger makes anybody wait. */
function isAtRest({ fresh, cameBack, receivers, runners, late, claims }: State): boolean {
  return (
    [...fresh, ...cameBack].every((count) => count === 0) &&
    [...Object.values(receivers), ...Object.values(runners), late].every((busy) => busy === null) &&
    claims.every((claim) => claim?.state === 'queued' || claim?.isLeased !== true)
  );
}

/**
 * The claim and run protocols, and the protocol of parking, as state machines that are explored to their end. The
 * receiver's and the runner's own functions decide; the model adds what can happen between two calls.
 */
export const model: Proof = {
  name: 'model',
  description:
    'every state of the claim and run protocols (2 events, 2 receivers, 2 runners) and of parking (2 runners, 2 dispatchers, 2 operators), with faults at any step',
  run: proveModel,
};

/** A world to explore, and what it is called. */
interface World {
  readonly name: string;
  readonly explore: (onProgress: (states: number) => void) => Exploration;
}

async function proveModel({ progress, isShort }: ProofOptions): Promise<ProofResult> {
  const rows: string[][] = [];
  const failures: string[] = [];
  let states = 0;
  for (const world of isShort ? shortWorlds : worlds) {
    progress(`model: ${world.name}`);
    const found = world.explore((looked) => progress(`model: ${looked.toLocaleString('en')} states`));
    states += found.states;
    rows.push([world.name, ...[found.states, found.transitions, found.violations.length].map(formatCount)]);
    failures.push(...found.violations.map((violation) => `model with ${world.name}: ${violation}`));
  }
  return { table: formatTable(columns, rows), counts: { 'states explored': states }, failures };
}

const worlds: readonly World[] = [
  ...[
    { events: 1, faults: 1, onlyDeaths: false, repeats: 1 },
    { events: 1, faults: 2, onlyDeaths: false, repeats: 0 },
    { events: 2, faults: 1, onlyDeaths: true, repeats: 0 },
  ].map(claimWorld),
  ...parkingWorlds.map(parkingWorld),
];

const shortWorlds: readonly World[] = [
  claimWorld({ events: 1, faults: 1, onlyDeaths: false, repeats: 0 }),
  ...shortParkingWorlds.map(parkingWorld),
];

function claimWorld(bounds: Bounds): World {
  return {
    name: describe(bounds),
    explore: (onProgress) => explore(initialState(bounds), transitions, promises, onProgress),
  };
}

function parkingWorld({ name, bounds }: ParkingWorld): World {
  return { name, explore: (onProgress) => exploreParking(bounds, onProgress) };
}

const columns: readonly Column[] = [
  { heading: 'model' },
  { heading: 'states', align: 'right' },
  { heading: 'transitions', align: 'right' },
  { heading: 'violations', align: 'right' },
];

function formatCount(count: number): string {
  return count.toLocaleString('en');
}

function describe({ events, faults, onlyDeaths, repeats }: Bounds): string {
  return `${events} event${events === 1 ? '' : 's'}, ${faults} ${onlyDeaths ? 'death' : 'fault'}${faults === 1 ? '' : 's'}, ${repeats} repeats`;
}
