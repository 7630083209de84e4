import { type Command, InvalidArgumentError, Option } from 'commander';
import { localSecrets } from '../../local/system/systemOptions.ts';
import { addDeploymentOptions, type DeploymentOptions } from '../ops/deployment/deploymentOptions.ts';
import { ConnectError } from './connectError.ts';
import type { ConnectTarget } from './target/connectTarget.ts';

/** The options of every command that calls Segment. */
export interface AddressOptions {
  readonly eu?: true;
  readonly apiUrl?: string;
  readonly trackingUrl?: string;
}

/** The options that name the system and the Segment source. */
export interface ConnectOptions extends DeploymentOptions, AddressOptions {
  readonly source: string;
  readonly name?: string;
  readonly triggers?: string;
  readonly batching: boolean;
  readonly batchSize: number;
  readonly deletes?: true;
}

/** Segment's addresses, and the token for them. */
export interface SegmentAddress {
  readonly apiUrl: string;
  readonly trackingUrl: string;
  readonly token: string;
}

/** Source: docs.segmentapis.com, "Getting started"; Segment docs, HTTP API. */
const regions = {
  us: { apiUrl: 'https://api.segmentapis.com', trackingUrl: 'https://api.segment.io/v1' },
  eu: { apiUrl: 'https://eu1.api.segmentapis.com', trackingUrl: 'https://events.eu1.segmentapis.com/v1' },
} as const;

const loopbackHosts: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Adds the options that name the system and the Segment source, and how events are sent. */
export function addConnectOptions(command: Command, jsonShape: string): Command {
  const connecting = addDeploymentOptions(command, jsonShape)
    .requiredOption('--source <slug>', 'the Segment source whose events you want: its slug or id')
    .option('--name <name>', 'the name of the destination (default: mavera-triggers, with the environment)')
    .option('--triggers <file>', 'the triggers file that is deployed (default: triggers.ts)')
    .option('--no-batching', 'one request for each event: faster, but more expensive')
    .option('--deletes', 'send `delete` events too, for a stack with the setting honourDeletes')
    .addOption(
      new Option('--batch-size <events>', 'the most events of a batch, up to 4000')
        .default(1_000)
        .argParser(batchSize),
    );
  return addAddressOptions(connecting);
}

/** Adds the options with Segment's addresses. */
export function addAddressOptions(command: Command): Command {
  return command
    .option('--eu', 'a workspace in the EU')
    .addOption(new Option('--api-url <url>', 'another Public API').argParser(baseUrl))
    .addOption(new Option('--tracking-url <url>', 'another Tracking API').argParser(baseUrl));
}

/**
 * Finds Segment's addresses, and the token for them.
 *
 * @throws ConnectError without a token
 */
export function segmentAddress(
  { eu, apiUrl, trackingUrl }: AddressOptions,
  { workspace, segmentUrl }: Pick<ConnectTarget, 'workspace' | 'segmentUrl'>,
  environment: Readonly<Record<string, string | undefined>>,
): SegmentAddress {
  const standIn = eu === undefined ? workspace : undefined;
  const region = standIn ?? regions[eu === true ? 'eu' : 'us'];
  const given = environment.SEGMENT_PUBLIC_API_TOKEN ?? '';
  const token =
    given === '' && standIn !== undefined && apiUrl === undefined ? localSecrets.segmentApiToken : given;
  if (isOnThisMachine(segmentUrl) && !isOnThisMachine(apiUrl ?? region.apiUrl)) {
    throw new ConnectError(
      `Segment cannot reach ${segmentUrl}, which is on this machine: leave out --local. Or start ` +
        'npm run dev without SEGMENT_TRACKING_URL, so that it simulates Segment too.',
    );
  }
  if (token !== '' && !/^[\x21-\x7e]+$/.test(token)) {
    throw new ConnectError(
      'SEGMENT_PUBLIC_API_TOKEN contains spaces or characters that no token has: export it again.',
    );
  }
  if (token === '') {
    throw new ConnectError(
      'SEGMENT_PUBLIC_API_TOKEN is not set: make a Public API token in Segment (Settings > Access Management > Tokens, as ' +
        'workspace owner) and export it. docs/connect-segment.md shows how to connect by hand, without a token.',
    );
  }
  return { apiUrl: apiUrl ?? region.apiUrl, trackingUrl: trackingUrl ?? region.trackingUrl, token };
}

function batchSize(text: string): number {
  const size = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (size < 1 || size > 4_000) {
    throw new InvalidArgumentError(
      'Expected a whole number from 1 to 4000: Segment sends no larger batches.',
    );
  }
  return size;
}

export function isOnThisMachine(url: string): boolean {
  return loopbackHosts.has(URL.parse(url)?.hostname ?? '');
}

export function baseUrl(text: string): string {
  const url = URL.parse(text);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isOnThisMachine(text));
  if (url === null || !isSafe || url.username !== '' || url.password !== '' || url.search !== '') {
    throw new InvalidArgumentError(
      'Expected an https:// URL (http:// only on this machine), without credentials or query.',
    );
  }
  return text.replace(/\/+$/, '');
}
