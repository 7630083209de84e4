import {
  askMave,
  defineTriggers,
  deviceOf,
  quoted,
  type SegmentEvent,
  sendgridStats,
  trigger,
  updatePersona,
} from 'mavera-triggers';

/** Each Monday: one persona of your readers, refined by what they read on and where. Only its creation costs credits. */
const readerPersona = trigger(
  {
    name: 'reader-persona',
    from: sendgridStats({ by: ['device', 'geo'], days: 7 }),
    every: { cron: '0 7 ? * MON *', timeZone: 'Europe/Berlin' },
    // Both statistics go into one description, also if only one of them has changed.
    again: 'always',
    collect: { count: 2, within: '1h' },
    budget: { credits: 300, per: 'month' },
  },
  updatePersona(
    ({ events }) => ({
      pipeline_type: 'intermediate',
      type: 'B2C',
      name: 'A reader of our e-mails',
      description: events
        .map(({ properties: { by, opens, from, to, rows } }) => {
          const shares = rows.slice(0, 8).map(({ name, share }) => `${name} ${(share * 100).toFixed(0)} %`);
          return `By ${by}, of ${opens} opens from ${from} to ${to}: ${quoted(shares.join(', '), { maxLength: 400 })}.`;
        })
        .join(' '),
    }),
    { per: () => 'all readers' },
  ),
);

const singleSendOf = ({ properties }: SegmentEvent): string => String(properties.singlesend_id);

/** For each single send, once: what its first opens were made on, and what follows for its layout. */
const sendDevices = trigger(
  {
    name: 'single-send-devices',
    source: 'sendgrid',
    when: 'event = "Email Opened" and properties.singlesend_id != null',
    collect: { per: singleSendOf, count: 200, within: '2d', tally: deviceOf },
    cooldown: { per: singleSendOf, for: '30d' },
    budget: { credits: 400, per: 'month' },
  },
  askMave(({ event, tally, counted }) => {
    const devices = Object.entries(tally).map(([device, opens]) => `${device} ${opens}`);
    return {
      message: `Our e-mail ${quoted(event.properties.singlesend_name)} was opened ${counted} times, by device: ${devices.join(', ')}.
Unknown means that the mail program hides it. What should subject, first screen and button look like for these devices?`,
    };
  }),
);

export default defineTriggers([readerPersona, sendDevices]);
