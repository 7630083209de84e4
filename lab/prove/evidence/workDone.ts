import type { MaveraSimulator } from '../../../simulators/mavera/simulator.ts';

const messageId = /<([^<>]+)>/g;

/**
 * How often Mavera has done the work of each event, by the event's id: questions to Mave, personas, focus groups. It is read
 * from what exists at Mavera, whether its answers arrived or not.
 */
export function workDone(mavera: MaveraSimulator): ReadonlyMap<string, number> {
  const texts = [
    ...mavera
      .threads()
      .flatMap(({ messages }) => messages.flatMap(({ role, content }) => (role === 'user' ? [content] : []))),
    ...mavera.personas().map(({ name }) => name),
    ...mavera.focusGroups().map(({ name }) => name),
  ];
  const done = new Map<string, number>();
  for (const text of texts) {
    for (const [, id = ''] of text.matchAll(messageId)) {
      done.set(id, (done.get(id) ?? 0) + 1);
    }
  }
  return done;
}
