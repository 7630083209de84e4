import type { MaveraSimulator } from '../../../simulators/mavera/simulator.ts';

const messageId = /<([^<>]+)>/g;

/**
 * What Mavera has done, counted by the ids of the events that it was done for: questions that Mave was asked, personas,
 * focus groups. Read from what is there, whatever became of the answers.
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
