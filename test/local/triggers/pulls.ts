import { askMave, defineTriggers, sendgridStats, trigger } from 'mavera-triggers';

/** A pull of SendGrid, which nothing else of these triggers calls. */
export default defineTriggers([
  trigger(
    { name: 'devices', from: sendgridStats({ by: ['device'], days: 7 }), every: '1d' },
    askMave(({ event }) => ({ message: `What do these devices tell? ${JSON.stringify(event.properties)}` })),
  ),
]);
