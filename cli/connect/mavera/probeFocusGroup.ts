import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { memberAt } from '../../../functions/mavera/actions/maveraFields.ts';
import { ConnectError } from '../connectError.ts';
import {
  creditsFieldIn,
  type FocusGroupFields,
  idFieldIn,
  isWord,
  meaningOf,
  statusFieldIn,
} from './focusGroupFields.ts';
import type { MaveraApi } from './maveraApi.ts';
import type { MaveraAccount } from './readAccount.ts';
import { merged, type Shape, shapeOf } from './shapeOf.ts';

const pollMs = 5_000;
/** Failed polls in a row before the probe gives up: the focus group goes on at Mavera. */
const mostFailures = 6;

/** What a probe has found: shapes without values, and options for `runFocusGroup`. */
export interface FocusGroupProbe {
  readonly probedAt: string;
  readonly apiUrl: string;
  readonly request: { readonly method: 'POST'; readonly path: string; readonly body: Shape };
  readonly created: { readonly status: number; readonly body: Shape };
  readonly polled: { readonly path: string; readonly body: Shape };
  /** In the order in which they came. */
  readonly statuses: readonly string[];
  /** Whether it has ended, as far as its statuses tell. */
  readonly end: 'done' | 'failed' | 'unknown';
  readonly credits: number | undefined;
  /** Options for `runFocusGroup`; what was not found is absent. */
  readonly options: FocusGroupFields;
}

/** The body of the smallest focus group: one persona, one question. */
export async function smallestBody(
  { workspaces, personas }: MaveraAccount,
  { body: file, workspace }: { readonly body?: string; readonly workspace?: string },
): Promise<Readonly<Record<string, unknown>>> {
  if (file !== undefined) {
    return await readBody(file);
  }
  const [only, ...others] = workspaces.data;
  if (workspace === undefined && (only === undefined || others.length > 0)) {
    throw new ConnectError(
      `The account has ${workspaces.data.length} workspaces: name the one of the focus group with --workspace <id>.`,
    );
  }
  const [persona] = personas.data;
  return {
    workspace_id: workspace ?? only?.id,
    name: 'mavera-triggers probe',
    ...(persona === undefined ? {} : { persona_ids: [persona.id] }),
    questions: [{ type: 'open_ended', text: 'What do you look at first on a page with prices?' }],
  };
}

async function readBody(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const body: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
      return { ...body };
    }
  } catch (error) {
    throw new ConnectError(`The body in ${file} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
  throw new ConnectError(`The body in ${file} is not a JSON object.`);
}

/** When to stop, and who is told. */
export interface ProbeOptions {
  readonly apiUrl: string;
  readonly waitMs: number;
  readonly note: (text: string) => void;
}

/** Creates a focus group and polls it to its end. @throws ConnectError */
export async function probeFocusGroup(
  api: MaveraApi,
  body: Readonly<Record<string, unknown>>,
  { apiUrl, waitMs, note }: ProbeOptions,
): Promise<FocusGroupProbe> {
  const answer = await api.createFocusGroup(body);
  if (answer.status === 0) {
    throw new ConnectError(
      `POST /focus-groups: ${api.problem(answer)} The focus group may have been created and billed all the same: look in Mavera before you run this again.`,
    );
  }
  if (answer.status < 200 || answer.status >= 300) {
    throw new ConnectError(
      `POST /focus-groups: ${api.problem(answer)}\nThe body had ${JSON.stringify(shapeOf(body))}`,
    );
  }
  const idField = idFieldIn(answer.body);
  const id = idField === undefined ? undefined : String(memberAt(answer.body, idField));
  const created = { status: answer.status, body: shapeOf(answer.body) };
  note(`Mavera has created the focus group. Polling it every ${pollMs / 1000} s.`);
  const seen =
    id === undefined
      ? nothingSeen(answer.body)
      : await pollToEnd(api, id, answer.body, { apiUrl, waitMs, note });
  return {
    probedAt: new Date().toISOString(),
    apiUrl,
    request: { method: 'POST', path: '/focus-groups', body: shapeOf(body) },
    created,
    polled: { path: '/focus-groups/<id>', body: seen.shape },
    statuses: seen.statuses,
    end: seen.end,
    credits: seen.credits,
    options: { ...(idField === undefined ? {} : { idField }), ...seen.options },
  };
}

interface Seen {
  readonly shape: Shape;
  readonly statuses: readonly string[];
  readonly end: FocusGroupProbe['end'];
  readonly credits: number | undefined;
  readonly options: FocusGroupFields;
}

/** Without an id nothing can be polled. */
function nothingSeen(json: unknown): Seen {
  return { shape: {}, statuses: [], end: 'unknown', credits: undefined, options: optionsOf(json, []) };
}

async function pollToEnd(
  api: MaveraApi,
  id: string,
  created: unknown,
  { waitMs, note }: ProbeOptions,
): Promise<Seen> {
  const untilMs = Date.now() + waitMs;
  const statuses = statusesIn(created);
  let shape: Shape | undefined;
  for (;;) {
    const json = await poll(api, `/focus-groups/${encodeURIComponent(id)}`, note);
    shape = shape === undefined ? shapeOf(json) : merged(shape, shapeOf(json));
    const [status] = statusesIn(json);
    if (status !== undefined && status !== statuses.at(-1)) {
      statuses.push(status);
      note(`status: ${status}`);
    }
    const leftMs = untilMs - Date.now();
    if (status === undefined || isEnd(status) || leftMs <= 0) {
      return seenIn(json, shape, statuses);
    }
    await sleep(Math.min(pollMs, leftMs));
  }
}

/** @throws ConnectError after several failures: the focus group goes on at Mavera */
async function poll(api: MaveraApi, path: string, note: ProbeOptions['note']): Promise<unknown> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await api.read(path);
    } catch (error) {
      if (!(error instanceof ConnectError) || failures === mostFailures) {
        throw error;
      }
      note(`A poll failed, and is tried again. ${error.message}`);
      await sleep(pollMs);
    }
  }
}

function isEnd(status: string): boolean {
  return ['done', 'failed'].includes(meaningOf(status));
}

function seenIn(json: unknown, shape: Shape, statuses: readonly string[]): Seen {
  const creditsField = creditsFieldIn(json);
  const meaning = meaningOf(statuses.at(-1) ?? '');
  return {
    shape,
    statuses,
    end: meaning === 'running' ? 'unknown' : meaning,
    credits: creditsField === undefined ? undefined : Number(memberAt(json, creditsField)),
    options: optionsOf(json, statuses),
  };
}

function statusesIn(json: unknown): string[] {
  const field = statusFieldIn(json);
  const status = field === undefined ? undefined : memberAt(json, field);
  return typeof status === 'string' && isWord(status) ? [status] : [];
}

/** Names the members of the last answer. Of the statuses only an end that was seen is known. */
function optionsOf(json: unknown, statuses: readonly string[]): FocusGroupFields {
  const [statusField, creditsField] = [statusFieldIn(json), creditsFieldIn(json)];
  const seen = (meaning: string): readonly string[] =>
    statuses.filter((status) => meaningOf(status) === meaning);
  return {
    ...(statusField === undefined ? {} : { statusField }),
    ...(seen('done').length === 0 ? {} : { doneStatuses: seen('done') }),
    ...(seen('failed').length === 0 ? {} : { failedStatuses: seen('failed') }),
    ...(creditsField === undefined ? {} : { creditsField }),
  };
}
