import { askMave, defineTriggers, idsFrom, segmentProfiles, sendgridStats, trigger } from 'mavera-triggers';

const run = askMave(() => ({ message: 'Why?' }));

export default defineTriggers([
  trigger(
    {
      name: 'object',
      from: segmentProfiles({ space: 'spa_1', of: idsFrom('s3://bucket/ids.csv'), traits: ['ltv'] }),
      every: '7d',
    },
    run,
  ),
  trigger({ name: 'stats', from: sendgridStats({ by: ['device'] }), every: '7d' }, run),
]);
