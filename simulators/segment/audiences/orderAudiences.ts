import * as z from 'zod';
import type { ApiAnswer } from '../../http/reply.ts';
import type { AudienceControls } from './audienceSpaces.ts';

const order = z.strictObject({
  space: z.string().optional(),
  id: z.string(),
  change: z.strictObject({
    name: z.string().optional(),
    description: z.string().optional(),
    query: z.string().optional(),
    size: z.int().nonnegative().optional(),
    enabled: z.boolean().optional(),
    status: z.string().optional(),
  }),
});

/** `POST /__simulator/audiences` with `{"space"?, "id": "aud_high_value", "change": {"size": 5000}}` changes an audience. */
export function orderAudiences(
  controls: AudienceControls,
  what: string,
  body: unknown,
): ApiAnswer | undefined {
  if (what !== 'POST /__simulator/audiences') {
    return undefined;
  }
  const parsed = order.safeParse(body);
  const { space, id, change } = parsed.data ?? {};
  const known = controls.audiences(space);
  if (!known.some((audience) => audience.id === id)) {
    const ids = known.map((audience) => audience.id).join(', ');
    return { status: 400, body: { error: `Send {"id": …, "change": {"size": 5000}}, with one of ${ids}.` } };
  }
  const given = Object.fromEntries(Object.entries(change ?? {}).filter(([, value]) => value !== undefined));
  controls.changeAudiences(
    (audiences) => audiences.map((audience) => (audience.id === id ? { ...audience, ...given } : audience)),
    space,
  );
  return { status: 200, body: controls.audiences(space).find((audience) => audience.id === id) };
}
