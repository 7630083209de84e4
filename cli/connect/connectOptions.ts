import { type Command, InvalidArgumentError, Option } from 'commander';
import { localSecrets } from '../../local/system/systemOptions.ts';
import { addDeploymentOptions, type DeploymentOptions } from '../ops/deployment/deploymentOptions.ts';
import { ConnectError } from './connectError.ts';
import type { ConnectTarget } from './target/connectTarget.ts';

/** The options of every command that speaks to Segment. */
export interface AddressOptions {
  readonly eu?: true;
  readonly apiUrl?: string;
  readonly trackingUrl?: string;
}

/** The options that say which system is connected to which source. */
export interface ConnectOptions extends DeploymentOptions, AddressOptions {
  readonly source: string;
  readonly name?: string;
  readonly triggers?: string;
  readonly batching: boolean;
  readonly batchSize: number;
}

/** Where Segment is. */
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

/** Adds the options that say which system is connected to which source, and what is sent. */
export function addConnectOptions(command: Command, jsonShape: string): Command {
  const connecting = addDeploymentOptions(command, jsonShape)
    .requiredOption('--source <slug>', 'the source at Segment whose events are wanted: its slug or id')
    .option(
      '--name <name>',
      'what the destination is called (default: mavera-triggers, with the environment)',
    )
    .option('--triggers <file>', 'the triggers file that is deployed (default: triggers.ts)')
    .option('--no-batching', 'one request for each event: sooner, and dearer')
    .addOption(
      new Option('--batch-size <events>', 'events of a batch at most, up to 4000')
        .default(1_000)
        .argParser(batchSize),
    );
  return addAddressOptions(connecting);
}

/** Adds the options that say where Segment is. */
export function addAddressOptions(command: Command): Command {
  return command
    .option('--eu', 'a workspace in the EU')
    .addOption(new Option('--api-url <url>', 'another Public API').argParser(baseUrl))
    .addOption(new Option('--tracking-url <url>', 'another Tracking API').argParser(baseUrl));
}

/**
 * Where Segment is, and the token for it.
 *
 * @throws ConnectError without a token
 */
export function segmentAddress(
  { eu, apiUrl, trackingUrl }: AddressOptions,
  { workspace, segmentUrl }: ConnectTarget,
  environment: Readonly<Record<string, string | undefined>>,
): SegmentAddress {
  const standIn = eu === undefined ? workspace : undefined;
  const region = standIn ?? regions[eu === true ? 'eu' : 'us'];
  const given = environment.SEGMENT_PUBLIC_API_TOKEN ?? '';
  const token =
    given === '' && standIn !== undefined && apiUrl === undefined ? localSecrets.segmentApiToken : given;
  if (isOnThisMachine(segmentUrl) && !isOnThisMachine(apiUrl ?? region.apiUrl)) {
    throw new ConnectError(
      `Segment cannot reach ${segmentUrl}, which is on this machine: leave --local away, or start npm run dev without ` +
        'SEGMENT_TRACKING_URL, so that its stand-in for Segment is there.',
    );
  }
  if (token !== '' && !/^[\x21-\x7e]+$/.test(token)) {
    throw new ConnectError(
      'SEGMENT_PUBLIC_API_TOKEN holds spaces or characters that no token has: export it again.',
    );
  }
  if (token === '') {
    throw new ConnectError(
      'SEGMENT_PUBLIC_API_TOKEN is not set: make a Public API token in Segment (Settings > Access Management > Tokens, as ' +
        'workspace owner) and export it. Without one, docs/connect-segment.md shows the same by hand.',
    );
  }
  return { apiUrl: apiUrl ?? region.apiUrl, trackingUrl: trackingUrl ?? region.trackingUrl, token };
}

function batchSize(text: string): number {
  const size = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (size < 1 || size > 4_000) {
    throw new InvalidArgumentError('Give a whole number from 1 to 4000.');
  }
  return size;
}

function isOnThisMachine(url: string): boolean {
  return loopbackHosts.has(URL.parse(url)?.hostname ?? '');
}

function baseUrl(text: string): string {
  const url = URL.parse(text);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isOnThisMachine(text));
  if (url === null || !isSafe || url.username !== '' || url.password !== '' || url.search !== '') {
    throw new InvalidArgumentError(
      'Give an https:// URL (http:// only on this machine), without credentials or query.',
    );
  }
  return text.replace(/\/+$/, '');
}
