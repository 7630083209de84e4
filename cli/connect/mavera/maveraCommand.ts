import { writeFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { addDeploymentOptions } from '../../ops/deployment/deploymentOptions.ts';
import { type Output, processOutput } from '../../ops/output.ts';
import { waitOption } from '../arrival/runTest.ts';
import { ConnectError } from '../connectError.ts';
import { baseUrl } from '../connectOptions.ts';
import { confirmSpending } from './confirmSpending.ts';
import { maveraAddress } from './maveraAddress.ts';
import { MaveraApi } from './maveraApi.ts';
import { type MaveraOptions, maveraPage } from './maveraOptions.ts';
import { type FocusGroupProbe, probeFocusGroup, smallestBody } from './probeFocusGroup.ts';
import { formatAccount, type MaveraAccount, readAccount } from './readAccount.ts';

/** What a focus group costs. Source: Mavera, "Credits". */
const leastCredits = 50;
const mostCredits = 200;
const defaultFile = 'mavera-focus-group.json';

/** `mavera` */
export function maveraCommand(): Command {
  const command = new Command('mavera')
    .description(
      'Asks Mavera what the API key may do: credits, plan, limits, workspaces, personas. These calls are free. With ' +
        '--focus-group it also runs the smallest focus group, which spends credits, and writes down the names of the members ' +
        'that Mavera answers with, for the options of runFocusGroup.',
    )
    .showHelpAfterError('(add --help to see how it is used)');
  return addDeploymentOptions(command, 'one JSON document')
    .option('--probe', 'make the calls; without it, nothing is called')
    .option('--focus-group', `run the smallest focus group: ${leastCredits} to ${mostCredits} credits`)
    .option('--yes', 'spend the credits without being asked')
    .option('--workspace <id>', 'the workspace of the focus group (default: the only one)')
    .option('--body <file>', 'a JSON file with another body for the focus group')
    .option('--out <file>', 'where to write what was found', defaultFile)
    .addOption(waitOption('how long to poll the focus group', 600_000, '10m'))
    .addOption(new Option('--mavera-url <url>', 'another base URL of the API').argParser(baseUrl))
    .addHelpText(
      'after',
      `\nThe key is MAVERA_API_KEY, otherwise that of the stack's secret. ${maveraPage} explains the file.\n\nExamples:\n` +
        '  npm run connect -- mavera --probe\n  npm run connect -- mavera --probe --focus-group\n' +
        '  npm run connect -- mavera --probe --local',
    )
    .action(probe);
}

async function probe(options: MaveraOptions): Promise<void> {
  if (options.probe !== true) {
    throw new ConnectError('Add --probe: it makes free calls, and changes nothing.');
  }
  const output = processOutput(options.json === true);
  const address = await maveraAddress(options, process.env);
  const api = new MaveraApi(address);
  const account = await readAccount(api);
  if (!output.isJson) {
    output.text(formatAccount(account, address.apiUrl));
  }
  const found =
    options.focusGroup === true
      ? await runSmallest(api, account, { ...options, apiUrl: address.apiUrl }, output)
      : undefined;
  if (output.isJson) {
    const { usage, workspaces, personas } = account;
    output.document({
      apiUrl: address.apiUrl,
      usage,
      workspaces: workspaces.data.map(({ id, name }) => ({ id, name })),
      personas: personas.data.length,
      ...(found === undefined ? {} : { focusGroup: found, file: options.out }),
    });
  }
}

async function runSmallest(
  api: MaveraApi,
  account: MaveraAccount,
  options: MaveraOptions & { readonly apiUrl: string },
  output: Output,
): Promise<FocusGroupProbe> {
  const { remaining } = account.usage.credits;
  if (remaining < leastCredits && account.usage.auto_recharge?.enabled !== true) {
    throw new ConnectError(
      `The account has ${remaining} credits left, and a focus group costs ${leastCredits} to ${mostCredits}. Nothing was called.`,
    );
  }
  const body = await smallestBody(account, options);
  await confirmSpending(
    `A focus group costs ${leastCredits} to ${mostCredits} credits, and the account has ${remaining.toLocaleString('en')}.`,
    options.yes === true,
  );
  const found = await probeFocusGroup(api, body, {
    apiUrl: options.apiUrl,
    waitMs: options.wait,
    note: output.note,
  });
  await writeFile(options.out, `${JSON.stringify(found, undefined, 2)}\n`);
  if (!output.isJson) {
    output.text(`\n${formatProbe(found, options.out)}`);
  }
  return found;
}

function formatProbe(
  { request, created, polled, statuses, end, credits, options }: FocusGroupProbe,
  file: string,
): string {
  const json = (value: unknown): string => JSON.stringify(value, undefined, 2);
  return [
    `Request: POST ${request.path}\n${json(request.body)}`,
    `Answer: ${created.status}\n${json(created.body)}`,
    `Poll: GET ${polled.path}\n${json(polled.body)}`,
    `Statuses: ${statuses.length === 0 ? 'none was found' : statuses.join(', ')}${describeEnd(end)}`,
    `Credits: ${credits === undefined ? 'the answer does not say' : credits}`,
    `Options for runFocusGroup:\n${json(options)}`,
    `Written to ${file}: shapes and these options, without values.`,
  ].join('\n\n');
}

function describeEnd(end: FocusGroupProbe['end']): string {
  return end === 'unknown'
    ? '. No status says that it has ended: see the focus group at Mavera, and set doneStatuses yourself'
    : '';
}
