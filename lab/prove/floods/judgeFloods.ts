import { type FloodObservation, frontName, type KindObservation, type LiveMemory } from './observation.ts';
import type { Answer } from './rawRequest.ts';
import { claimOf } from './wantedEvent.ts';

/**
 * How much more memory an environment may use at the end than after the first round, in MB. V8 keeps the string that a
 * regular expression was last applied to. So the last request may still be in memory twice, as event and as body, each up
 * to 5 MiB (measured: 15 MB with a small one, 25 MB with a large one). A receiver that kept every verified body on
 * purpose used 26 MB more in the full form.
 */
const growthMb = 16;
/**
 * How much more memory the process with the front may use than before the floods, in MB. It also contains the simulator
 * with its log of calls, the emulators and the floods. Twelve of the largest bodies are more than this.
 */
export const frontGrowthMb = 64;
/** How much of a log line a failure shows. */
const shownCharacters = 300;

/** What did not hold, each as a sentence; empty if all held. */
export function judgeFloods(seen: FloodObservation): readonly string[] {
  const failures = [
    ...seen.kinds.flatMap(judgeKind),
    ...judgeDeliveries(seen),
    ...judgeRuns(seen),
    ...judgeLedger(seen),
    ...judgeMemory(seen),
    ...judgeInvocations(seen),
  ];
  return failures.map((failure) => `${failure} (seed ${seen.seed})`);
}

/** Whether a kind got a documented answer, and not only 503. */
export function judgeKind({ name, expected, requests, answers }: KindObservation): readonly string[] {
  const allowed = (answer: Answer): boolean => expected.has(answer) || answer === 503;
  const documented = [...expected].join(' or ');
  const wrong = [...answers].filter(([answer]) => !allowed(answer));
  const failures = wrong.map(
    ([answer, count]) =>
      `flood "${name}": ${count} of ${requests} requests answered ${answer}, not ${documented}`,
  );
  const isAnswered = [...answers.keys()].some((answer) => expected.has(answer));
  return isAnswered
    ? failures
    : [...failures, `flood "${name}": none of ${requests} requests answered ${documented}`];
}

function judgeDeliveries({ deliveries }: FloodObservation): readonly string[] {
  if (deliveries.length === 0) {
    return ['no good traffic was sent beside the floods'];
  }
  return deliveries.flatMap(({ outcome, markers, answers }) => {
    const name = `delivery of ${markers.length} good events from ${markers[0] ?? 'nobody'} on`;
    const refused = answers.filter((answer) => answer !== 'none' && answer >= 400 && answer < 500);
    return [
      ...(outcome === 'delivered' ? [] : [`${name}: ${outcome} after the answers ${answers.join(', ')}`]),
      ...refused.map((answer) => `${name}: answered ${answer}, which Segment never tries again`),
    ];
  });
}

/** Markers of the good events. */
export function goodMarkers({ deliveries }: Pick<FloodObservation, 'deliveries'>): ReadonlySet<string> {
  return new Set(deliveries.flatMap(({ markers }) => markers));
}

/** Good events whose run was not done, and will not be. */
export function lostMarkers(seen: FloodObservation): readonly string[] {
  return seen.waitsFor === undefined ? missingMarkers(seen) : [];
}

/** Good events whose run was not done in time, but may still be. */
export function unfinishedMarkers(seen: FloodObservation): readonly string[] {
  return seen.waitsFor === undefined ? [] : missingMarkers(seen);
}

function missingMarkers(seen: FloodObservation): readonly string[] {
  return [...goodMarkers(seen)].filter((marker) => !seen.callsByMarker.has(marker));
}

/** Good events whose run was done more than once. */
export function repeatedMarkers(seen: FloodObservation): readonly string[] {
  return [...goodMarkers(seen)].filter((marker) => (seen.callsByMarker.get(marker) ?? 0) > 1);
}

function judgeRuns(seen: FloodObservation): readonly string[] {
  const good = goodMarkers(seen);
  const strange = [...seen.callsByMarker.keys()].filter((marker) => !good.has(marker));
  return [
    ...lostMarkers(seen).map((marker) => `good event ${marker} was lost: Mavera was never asked for it`),
    ...repeatedMarkers(seen).map(
      (marker) => `good event ${marker} was run ${seen.callsByMarker.get(marker)} times instead of once`,
    ),
    ...strange.map((marker) => `Mavera was asked for ${marker}, which no good event carries`),
    ...(seen.waitsFor === undefined
      ? []
      : [`${unfinishedMarkers(seen).length} good events are not finished, waiting for ${seen.waitsFor}`]),
    ...(seen.deadLetters === 0 ? [] : [`${seen.deadLetters} messages lie in the dead-letter queue`]),
  ];
}

function judgeLedger(seen: FloodObservation): readonly string[] {
  const { claims, runs, kindByBadClaim, bypassed } = seen.ledger;
  const good = goodMarkers(seen);
  const expected = new Set([...good].map((marker) => claimOf(marker)));
  const missing = [...expected].filter((key) => !claims.has(key)).length;
  const unexpected = [...claims].filter((key) => !expected.has(key));
  return [
    ...unexpected.map((key) => {
      const kind = kindByBadClaim.get(key);
      return `the claim ${key} was made by ${kind === undefined ? 'an unknown event' : `the flood "${kind}"`}`;
    }),
    ...(missing > bypassed
      ? [`${missing} of ${good.size} good events have no claim, and only ${bypassed} were queued without one`]
      : []),
    ...(runs === good.size || (runs < good.size && seen.waitsFor !== undefined)
      ? []
      : [`the ledger has ${runs} runs for ${good.size} good events`]),
  ];
}

function judgeMemory({ environments, live }: FloodObservation): readonly string[] {
  return [
    ...(environments.length === 0 ? ['no environment was watched'] : []),
    ...environments.flatMap(({ functionName, pid, limitMb, firstPeakMb, secondPeakMb, isAlive }) => {
      const name = `${functionName} environment ${pid}`;
      const peakMb = Math.max(firstPeakMb, secondPeakMb);
      return [
        ...(isAlive ? [] : [`${name} ended while the floods went on`]),
        ...(peakMb < limitMb
          ? []
          : [`${name} took ${mb(peakMb)} of the ${mb(limitMb)} that Lambda gives it`]),
      ];
    }),
    ...live.flatMap(judgeLive),
  ];
}

function judgeLive({ name, told: [told, of], firstMb, lastMb }: LiveMemory): readonly string[] {
  const allowedMb = name === frontName ? frontGrowthMb : growthMb;
  const grown = `${mb(firstMb)} at first, ${mb(lastMb)} at the end`;
  return [
    ...(told === of && of > 0 ? [] : [`${told} of ${of} processes (${name}) told what memory they need`]),
    ...(lastMb - firstMb > allowedMb ? [`${name} keeps growing: it needs ${grown}`] : []),
  ];
}

function judgeInvocations(observed: FloodObservation): readonly string[] {
  const { invocations, receiverCpu, crashLines } = observed;
  const { seen, expectedAtMost } = invocations;
  const { mostSeconds, limitSeconds } = receiverCpu;
  return [
    ...(mostSeconds < limitSeconds
      ? []
      : [
          `the receiver took ${mostSeconds.toFixed(1)} s of CPU for one request: Lambda ends it after ${limitSeconds} s`,
        ]),
    ...(seen > expectedAtMost
      ? [`the receiver was invoked ${seen} times for ${expectedAtMost} whole requests`]
      : []),
    ...crashLines.map((line) => `a function wrote: ${line.slice(0, shownCharacters)}`),
  ];
}

function mb(megabytes: number): string {
  return `${megabytes.toFixed(0)} MB`;
}
