import { askMave, createPersona, defineTriggers, runFocusGroup } from 'mavera-triggers';

/**
 * A trigger for each of the runner's protocols. Each wants the event of its name. What it does at Mavera carries the event's
 * message id.
 */
export default defineTriggers([
  {
    name: 'ask',
    when: 'type = "track" and event = "ask"',
    run: askMave(({ event }) => ({ message: `Why <${event.messageId}>?` })),
  },
  {
    name: 'persona',
    when: 'type = "track" and event = "persona"',
    run: createPersona(({ event }) => ({ name: `<${event.messageId}>`, description: 'A customer.' })),
    cooldown: { per: 'user', for: '1h' },
    budget: { credits: 10_000_000, per: 'month' },
    toSegment: { track: true },
  },
  {
    name: 'group',
    when: 'type = "track" and event = "group"',
    run: runFocusGroup(
      ({ event }) => ({ workspace_id: 'ws_1', name: `<${event.messageId}>`, questions: ['Why?'] }),
      { pollEvery: '5s' },
    ),
    budget: { credits: 10_000_000, per: 'month' },
  },
  {
    name: 'collect',
    when: 'type = "track" and event = "collect"',
    run: askMave(({ events }) => ({
      message: `Why ${events.map(({ messageId }) => `<${messageId}>`).join('')}?`,
    })),
    collect: { per: 'user', count: 2, within: '5s' },
  },
  {
    name: 'parked',
    when: 'type = "track" and event = "parked"',
    run: askMave(({ event }) => ({ message: `Why <${event.messageId}>?` })),
  },
  {
    name: 'costly',
    when: 'type = "track" and event = "costly"',
    run: askMave(({ event }) => ({ message: `Why <${event.messageId}>?` })),
    approve: { above: 0 },
  },
]);
