import * as z from 'zod';

/** Something that Mavera keeps. */
export interface WorkAtMavera {
  readonly kind: 'thread' | 'persona' | 'focus group' | 'response' | 'thread or persona';
  readonly id: string;
  /** The calls that delete it; none if Mavera documents none. */
  readonly calls: readonly string[];
}

const resultSchema = z.object({
  threadId: z.string().optional(),
  personaId: z.string().optional(),
  focusGroupId: z.string().optional(),
  responseId: z.string().optional(),
});

/** What a run's result says that Mavera keeps; `[]` for a result of another shape. */
export function workOfResult(json: string | undefined): readonly WorkAtMavera[] {
  const { threadId, personaId, focusGroupId, responseId } = resultSchema.safeParse(parsed(json)).data ?? {};
  return [
    ...(threadId === undefined ? [] : [work('thread', threadId)]),
    ...(personaId === undefined ? [] : [work('persona', personaId)]),
    ...(focusGroupId === undefined ? [] : [work('focus group', focusGroupId)]),
    ...(responseId === undefined ? [] : [work('response', responseId)]),
  ];
}

/** What a trigger kept for a user: a thread of `askMave`, a persona of `updatePersona`. */
export function workOfKeptId(action: string | undefined, id: string): WorkAtMavera {
  const kinds: Readonly<Record<string, WorkAtMavera['kind']>> = {
    askMave: 'thread',
    updatePersona: 'persona',
  };
  return work(kinds[action ?? ''] ?? 'thread or persona', id);
}

/** What a run waited for at Mavera when it was dead-lettered: only focus groups are waited for. */
export function workOfPendingId(id: string): WorkAtMavera {
  return work('focus group', id);
}

function work(kind: WorkAtMavera['kind'], id: string): WorkAtMavera {
  const paths: Readonly<Record<WorkAtMavera['kind'], readonly string[]>> = {
    thread: ['/mave/threads'],
    persona: ['/personas'],
    'thread or persona': ['/mave/threads', '/personas'],
    'focus group': [],
    response: [],
  };
  return {
    kind,
    id,
    calls: paths[kind].map(
      (path) =>
        `curl -X DELETE "$MAVERA_BASE_URL${path}/${forShell(id)}" ` +
        '-H "Authorization: Bearer $MAVERA_API_KEY"',
    ),
  };
}

/** An id as part of a URL, without characters that a shell expands in double quotes. */
function forShell(id: string): string {
  return encodeURIComponent(id).replaceAll('!', '%21');
}

function parsed(json: string | undefined): unknown {
  try {
    return json === undefined ? undefined : JSON.parse(json);
  } catch {
    return undefined;
  }
}
