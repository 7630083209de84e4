import { askMave, defineTriggers } from 'mavera-triggers';

export default defineTriggers([
  {
    name: 'link-clicked',
    source: 'sendgrid',
    route: 'default',
    when: 'event = "Email Link Clicked"',
    run: askMave(() => ({ message: 'Why?' })),
  },
  {
    name: 'complained',
    source: 'sendgrid',
    route: 'complaints',
    when: 'event = "Email Marked as Spam" or event = "Unsubscribed"',
    run: askMave(() => ({ message: 'Why?' })),
  },
]);
