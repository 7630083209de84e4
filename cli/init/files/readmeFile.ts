import type { Answers } from '../answers.ts';

/** `README.md` of the app: a page. @param name of the package */
export function readmeFile(name: string, answers: Answers): string {
  return `# ${name}

Customer events start research at [Mavera](https://docs.mavera.io), by \`mavera-triggers\`. ${beginning(answers)}

\`\`\`sh
npm start        # the whole system on this machine, with everything outside simulated: no account, no credits
npm test         # the triggers, in memory
\`\`\`

| file | |
|---|---|
| \`triggers.ts\` | the file to edit: which event starts which work |
| \`events/\` | example events, one request a line; \`npm start\` sends them |
| \`test/\` | tests of the triggers |
| \`app.ts\`, \`cdk.json\` | the CDK app that is deployed; settings stand under \`context\` in \`cdk.json\` |

## Change the triggers

\`\`\`sh
npm run triggers -- check                       # mistakes, each with the fix
npm run triggers -- access                      # what each trigger may call, and why
npm run triggers -- dry-run events/*.ndjson     # the exact requests that would be made, and their credits; calls nothing
npm run check                                   # types and triggers
npm run dev                                     # the system stays up, to be posted to by hand
\`\`\`
${pullLines(answers)}
## Deploy

You need AWS credentials in the environment, an API key of Mavera, and access to the sources of the events.

\`\`\`sh
npx cdk bootstrap                                         # once for an account and region
npm run deploy -- -c maveraTier=professional              # your plan at Mavera
aws secretsmanager put-secret-value --secret-id mavera-triggers/mavera --secret-string '{"apiKey":"mvra_live_…"}'
npm run connect -- --help                                 # connect Segment, SendGrid or SegOps
npm run ops -- status                                     # what waits, what runs, what it costs
\`\`\`
`;
}

function beginning(answers: Answers): string {
  return answers.kind === 'recipe'
    ? `It began as the recipe \`${answers.recipe}\`: the constants at the top of \`triggers.ts\` are examples, to be replaced by your own.`
    : 'Change `triggers.ts` to what you want to know.';
}

function pullLines(answers: Answers): string {
  return answers.kind === 'recipe'
    ? '\n`npm run triggers -- dry-run --help` says how to see what a trigger would pull from your own data, before anything is deployed.\n'
    : '';
}
