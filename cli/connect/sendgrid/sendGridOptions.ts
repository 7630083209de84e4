import { type Command, Option } from 'commander';
import { addDeploymentOptions, type DeploymentOptions } from '../../ops/deployment/deploymentOptions.ts';
import { ConnectError } from '../connectError.ts';
import { baseUrl, isOnThisMachine } from '../connectOptions.ts';
import type { ConnectTarget } from '../target/connectTarget.ts';
import { sourceUrl } from './webhookUrl.ts';

/** The options of every command for SendGrid. */
export interface SendGridOptions extends DeploymentOptions {
  readonly eu?: true;
  readonly sendgridUrl?: string;
  readonly subuser?: string;
  readonly name?: string;
  readonly triggers?: string;
}

/** The page about all of this. */
export const sendgridPage = 'docs/connect-sendgrid.md';

/** What the commands need, for their help. */
export const needs =
  '\nNeeds an API key of SendGrid in SENDGRID_API_KEY, and AWS credentials that can read the stack, its secret and its ' +
  `table: ${sendgridPage}.\n`;

/** Source: OpenAPI of SendGrid, "servers". */
const hosts = { us: 'https://api.sendgrid.com', eu: 'https://api.eu.sendgrid.com' } as const;

/** Adds the options that name the system and the account at SendGrid. */
export function addSendGridOptions(command: Command, jsonShape: string): Command {
  return addDeploymentOptions(command, jsonShape)
    .option('--eu', 'a subuser in the EU, with an API key of its own')
    .addOption(
      new Option('--sendgrid-url <url>', `another API (default: ${hosts.us})`)
        .argParser(baseUrl)
        .conflicts('eu'),
    )
    .option('--subuser <username>', 'act for a subuser, with the API key of the parent account')
    .option('--name <name>', 'the name of the event webhook (default: mavera-triggers, with the environment)')
    .option('--triggers <file>', 'the triggers file that is deployed (default: triggers.ts)');
}

/** The address of SendGrid's API, and the key for it. */
export interface SendGridAddress {
  readonly apiUrl: string;
  readonly apiKey: string;
}

/** Finds the address of SendGrid's API, and the key for it. @throws ConnectError without a key */
export function sendGridAddress(
  { eu, sendgridUrl }: Pick<SendGridOptions, 'eu' | 'sendgridUrl'>,
  { sendgridApi, segmentUrl }: Pick<ConnectTarget, 'sendgridApi' | 'segmentUrl'>,
  { SENDGRID_API_KEY: given = '' }: Readonly<Record<string, string | undefined>>,
): SendGridAddress {
  const standIn = eu === undefined && sendgridUrl === undefined ? sendgridApi : undefined;
  const apiUrl = sendgridUrl ?? standIn?.apiUrl ?? (eu === true ? hosts.eu : hosts.us);
  const apiKey = given === '' ? (standIn?.apiKey ?? '') : given;
  if (isOnThisMachine(segmentUrl) && !isOnThisMachine(apiUrl)) {
    throw new ConnectError(
      `SendGrid cannot reach ${sourceUrl(segmentUrl, 'sendgrid')}, which is on this machine: leave out --local.`,
    );
  }
  if (apiKey !== '' && !/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new ConnectError(
      'SENDGRID_API_KEY contains spaces or characters that no API key has: export it again.',
    );
  }
  if (apiKey === '') {
    throw new ConnectError(
      'SENDGRID_API_KEY is not set: make an API key in SendGrid (Settings > API Keys) and export it. ' +
        `${sendgridPage} lists what the key must be allowed to do, and shows how to connect by hand, without a key.`,
    );
  }
  return { apiUrl, apiKey };
}
