import * as z from 'zod';
import type { FunctionLogLine } from '../lambda/functionLog.ts';

const requestSchema = z.object({
  message: z.literal('request'),
  source: z.string().optional(),
  route: z.string().optional(),
  status: z.number(),
  detail: z.string().optional(),
  received: z.number().optional(),
  queued: z.number().optional(),
  duplicates: z.number().optional(),
  ignored: z.number().optional(),
  invalid: z.number().optional(),
  stale: z.number().optional(),
  triggers: z.record(z.string(), z.object({ queued: z.number() })).optional(),
});

const runSchema = z.object({
  message: z.literal('run'),
  runId: z.string().optional(),
  trigger: z.string(),
  outcome: z.string(),
  reason: z.string().optional(),
  waitMs: z.number().optional(),
  parkedIn: z.string().optional(),
  creditsUsed: z.number().optional(),
});

const callSchema = z.object({
  record: z.literal('call'),
  phase: z.string(),
  system: z.string(),
  message: z.string(),
});

/** Its message is a sentence. */
const pullSchema = z.object({ record: z.literal('pull'), message: z.string() });

const dispatchSchema = z.object({
  message: z.literal('dispatch'),
  sentWithSlot: z.number(),
  sentWithoutSlot: z.number(),
  lanes: z.array(z.object({ lane: z.string(), reason: z.string().optional(), count: z.number() })),
});

const troubleSchema = z.object({
  level: z.enum(['WARN', 'ERROR', 'CRITICAL']),
  message: z.string(),
  error: z.object({ name: z.string().optional(), message: z.string() }).optional(),
});

/** How many characters of a run's id are shown: enough to tell runs apart. */
const shownIdLength = 8;

/**
 * Shortens a function's log line for people: requests, deliveries of runs, outside calls apart from those to Mavera, refused
 * calls, what pulls come to, passes of the dispatcher that found parked runs, warnings, errors, and lines that are not JSON.
 *
 * @param functionLabel the name to show for the function, such as `runner`.
 * @returns `undefined` for every other line.
 */
export function describeLogLine(line: FunctionLogLine, functionLabel: string): string | undefined {
  if (line.record === undefined) {
    return `${functionLabel}  ${line.text}`;
  }
  const request = requestSchema.safeParse(line.record);
  if (request.success) {
    return describeRequest(request.data);
  }
  const run = runSchema.safeParse(line.record);
  if (run.success) {
    return describeRun(run.data);
  }
  const call = callSchema.safeParse(line.record);
  if (call.success) {
    return describeCall(call.data);
  }
  const pull = pullSchema.safeParse(line.record);
  if (pull.success) {
    return `pull  ${pull.data.message}`;
  }
  const pass = dispatchSchema.safeParse(line.record);
  if (pass.success) {
    return describeDispatch(pass.data);
  }
  const trouble = troubleSchema.safeParse(line.record);
  return trouble.success ? describeTrouble(trouble.data, functionLabel) : undefined;
}

function describeRequest(request: z.output<typeof requestSchema>): string {
  const { source = 'segment', route = '-', status, detail, triggers = {} } = request;
  const counts = (['received', 'queued', 'duplicates', 'ignored', 'invalid', 'stale'] as const).flatMap(
    (name) =>
      request[name] === undefined || (request[name] === 0 && name !== 'received')
        ? []
        : [`${name} ${request[name]}`],
  );
  const started = Object.entries(triggers).map(([trigger, { queued }]) => `${trigger} ×${queued}`);
  const from = source === 'segment' ? route : `${source}/${route}`;
  return ['request', from, status, detail, counts.join(', '), started.join(', ')]
    .filter((part) => part !== undefined && part !== '')
    .join('  ');
}

function describeRun(run: z.output<typeof runSchema>): string {
  const { runId, trigger, outcome, reason, waitMs, parkedIn, creditsUsed } = run;
  return [
    'run',
    runId?.slice(0, shownIdLength),
    trigger,
    outcome,
    reason,
    parkedIn === undefined ? undefined : 'parked',
    waitMs === undefined ? undefined : `for ${(waitMs / 1000).toFixed(1)} s`,
    creditsUsed === undefined ? undefined : `${creditsUsed} credits`,
  ]
    .filter((part) => part !== undefined)
    .join('  ');
}

/** The line of a run tells of its calls to Mavera. What changes something has two records: the second one tells all. */
function describeCall({ phase, system, message }: z.output<typeof callSchema>): string | undefined {
  const isShown = phase === 'refused' || (phase === 'ended' && system !== 'mavera');
  return isShown ? `call  ${message}` : undefined;
}

function describeDispatch(pass: z.output<typeof dispatchSchema>): string | undefined {
  const { sentWithSlot, sentWithoutSlot, lanes } = pass;
  const sent = [
    ...(sentWithSlot === 0 ? [] : [`${sentWithSlot} with a slot`]),
    ...(sentWithoutSlot === 0 ? [] : [`${sentWithoutSlot} without`]),
  ];
  const parked = lanes
    .filter(({ count }) => count > 0)
    .map(({ lane, reason, count }) => `${lane} ×${count}${reason === undefined ? '' : ` (${reason})`}`);
  const parts = [
    ...(sent.length === 0 ? [] : [`sent ${sent.join(', ')}`]),
    ...(parked.length === 0 ? [] : [`parked ${parked.join(', ')}`]),
  ];
  return parts.length === 0 ? undefined : ['dispatch', ...parts].join('  ');
}

function describeTrouble(
  { level, message, error }: z.output<typeof troubleSchema>,
  functionLabel: string,
): string {
  return [functionLabel, level, message, error === undefined ? undefined : `(${error.message})`]
    .filter((part) => part !== undefined)
    .join('  ');
}
