import { type Step, stepName } from '../crashCase.ts';
import type { FaultKind } from '../fault.ts';
import { isOfSystem } from '../planCases.ts';

/** What goes wrong beside a fault of one call. */
export const specials = {
  'start delivered twice':
    'its schedule delivers the start twice at the same time, and again when it is over',
  'steps delivered twice': 'each message of a step is delivered twice',
  'export lost': 'SendGrid forgets the export while it is being made',
  'export failed': 'SendGrid ends the export as failed',
  'URL expired': 'the URL of the file has expired when it is opened',
  '429 for a minute': 'each call is answered 429 for a minute',
  'page changed': 'a page is longer by an item in front when the second step is taken',
  'page changed, killed': 'the same, and the puller dies after it has read the page, and reads another one',
} as const;

export type Special = keyof typeof specials;

/** One occurrence of one pull, and the fault that it meets. */
export interface PullCase {
  /** Unique; a part of the name of its occurrence. */
  readonly id: string;
  /** What is pulled. */
  readonly kind: 'pages' | 'contacts';
  /** The trigger whose pull it is; `undefined`: any one of the kind. */
  readonly trigger?: string | undefined;
  readonly point?: { readonly step: Step; readonly fault: FaultKind } | undefined;
  readonly special?: Special | undefined;
}

/** The case in words, so that it can be repeated. */
export function pullCaseName({ id, kind, point, special }: PullCase): string {
  const fault = point === undefined ? [] : [`${point.fault} at ${stepName(point.step)}`];
  return [id, kind, ...(special === undefined ? [] : [special]), ...fault].join(', ');
}

/** Of those of the other matrix, what differs for a puller. Long waits come back with each of them. */
export const pullAwsFaults = [
  'killed before',
  'killed after',
  'cut before',
  'cut after',
  'never answered',
  'throttled',
] as const satisfies readonly FaultKind[];

export const pullSystemFaults = [
  'killed before',
  'killed after',
  'cut before',
  'cut after',
  '429',
  '503',
  '502 page',
] as const satisfies readonly FaultKind[];

/** What can go wrong with a call. */
export function pullFaultsAt({ call }: Step): readonly FaultKind[] {
  return isOfSystem(call) ? pullSystemFaults : pullAwsFaults;
}

const specialsOf: Readonly<Record<PullCase['kind'], readonly Special[]>> = {
  pages: [
    'start delivered twice',
    'steps delivered twice',
    '429 for a minute',
    'page changed',
    'page changed, killed',
  ],
  contacts: ['start delivered twice', 'steps delivered twice', 'export lost', 'export failed', 'URL expired'],
};

/** What each kind of pull is for; the calls that both make meet faults in `pages`. */
const ofContacts = /^(UpdateItem pull|SendMessage|sendgrid )/;
const killed: ReadonlySet<FaultKind> = new Set(['killed before', 'killed after']);
/** The steps of a pull make the same calls. Each write of the cursor is another state. */
const mostOfACall = 2;
const cursorWrite = 'UpdateItem pull';

function isTried(kind: PullCase['kind'], { call, nth }: Step, fault: FaultKind): boolean {
  const isNew = nth <= mostOfACall || call === cursorWrite || isOfSystem(call);
  // A process reads a secret when it is cold: not in each case.
  const isAlways = call !== 'GetSecretValue';
  const isOfKind = kind === 'pages' || (ofContacts.test(call) && (isOfSystem(call) || killed.has(fault)));
  return isNew && isAlways && isOfKind;
}

/**
 * The short form: where a fault could start an export twice or leave an occurrence without a message. Copies of runs wait for
 * minutes, so they are left to the whole form.
 */
const shortCalls: Readonly<Record<PullCase['kind'], RegExp>> = {
  pages: /^(TransactWriteItems.*|UpdateItem pull \(2\)|Publish)$/,
  contacts: /^sendgrid POST/,
};
const shortFaults: ReadonlySet<FaultKind> = new Set(['killed after']);
const shortSpecials: ReadonlySet<Special> = new Set(['page changed', 'export lost', 'URL expired']);

function isInShortForm({ kind, point, special }: Omit<PullCase, 'id'>): boolean {
  return special === undefined
    ? point !== undefined && shortFaults.has(point.fault) && shortCalls[kind].test(stepName(point.step))
    : shortSpecials.has(special);
}

/** The runs of the second page are queued, and that is not noted. */
const afterSecondPage: PullCase['point'] = {
  step: { call: 'SendMessageBatch', nth: 2 },
  fault: 'killed after',
};

/** Every fault at every call, and everything else that goes wrong. */
export function planPullCases(
  kind: PullCase['kind'],
  steps: readonly Step[],
  isShort: boolean,
): readonly PullCase[] {
  const singles = steps.flatMap((step) =>
    pullFaultsAt(step)
      .filter((fault) => isTried(kind, step, fault))
      .map((fault): Omit<PullCase, 'id'> => ({ kind, point: { step, fault } })),
  );
  const others = specialsOf[kind].map(
    (special): Omit<PullCase, 'id'> => ({
      kind,
      special,
      point: special === 'page changed, killed' ? afterSecondPage : undefined,
      // It takes its minute beside the others.
      trigger: special === '429 for a minute' ? 'pages-slow' : undefined,
    }),
  );
  return [...others, ...singles]
    .filter((one) => !isShort || isInShortForm(one))
    .map((one, index) => ({ ...one, id: `${kind}-${index}` }));
}
