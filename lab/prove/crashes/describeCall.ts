import { isAwsService, requestCredential } from '../../../local/iam/awsRequest.ts';
import type { ProxiedCall } from '../proxy/faultProxy.ts';
import type { CalledService } from './fault.ts';
import { visitorOf } from './scenario.ts';

/** A call in the words of the matrix. */
export interface DescribedCall {
  readonly service: CalledService;
  /** Such as `UpdateItem run` or `POST /mave/chat`. */
  readonly name: string;
  /** The same for all of the SDK's attempts of one call; `undefined` for a call without such attempts. */
  readonly invocationId: string | undefined;
  /** The keys of claims and runs, or ids of events, that identify the call's case. */
  readonly identities: readonly string[];
}

/** Keys of items by their kind. Shared items (`pace#…`, `cap#…`) may name other runs. */
const itemKey = /"pk":\{"S":"([a-zA-Z]+)(?:#([^"]*))?"\}/g;
const statementKey = /\{"S":"(claim)#([0-9a-f]{40})"\}/g;
const runId = /\\?"runId\\?":\\?"([0-9a-f]{40})/g;
const messageId = /<([^<>]+)>/g;
const itemKinds: ReadonlySet<string> = new Set(['claim', 'run', 'details', 'parked']);

/** @returns `undefined` for a call to an unknown service */
export function describeCall(call: ProxiedCall): DescribedCall | undefined {
  const service = requestCredential(call.headers.authorization)?.service;
  if (service === undefined || !isAwsService(service)) {
    return undefined;
  }
  const target = [call.headers['x-amz-target']].flat()[0];
  const invocationId = [call.headers['amz-sdk-invocation-id']].flat()[0];
  const body = service === 'sns' ? decodeURIComponent(call.body.replaceAll('+', ' ')) : call.body;
  const operation =
    service === 'sns'
      ? (new URLSearchParams(call.body).get('Action') ?? '')
      : (target?.split('.').at(-1) ?? '');
  const keys = [...body.matchAll(itemKey), ...body.matchAll(statementKey)];
  const kinds = [...new Set(keys.map(([, kind = '']) => kind))].sort();
  return {
    service,
    name: [operation, ...(kinds.length > 4 ? ['what all share'] : kinds)].join(' '),
    invocationId,
    identities: [
      ...keys.flatMap(([, kind = '', id = '']) => (itemKinds.has(kind) ? [id] : [])),
      ...(service === 'dynamodb' ? [] : [...body.matchAll(runId)].map(([, id = '']) => id)),
    ],
  };
}

/** A call to Mavera. Ids in its path are left out of its name. */
export function describeMaveraCall({ method, path, body }: ProxiedCall): DescribedCall {
  const [, place = ''] = /^\/api\/v1(\/[^?]*)/.exec(path) ?? [];
  const general = place.replace(/\/(threads|focus-groups|personas)\/[^/]+$/, '/$1/{id}');
  return {
    service: 'mavera',
    name: `${method} ${general}`,
    invocationId: undefined,
    identities: [...body.matchAll(messageId)].map(([, id = '']) => id),
  };
}

/** An outside system other than Mavera. */
export type OtherSystem = 'profiles' | 'segment' | 'segops';

/** A call to an outside system other than Mavera, such as `profiles GET /traits`. Ids in its path are left out of its name. */
export function describeSystemCall(system: OtherSystem, { method, path, body }: ProxiedCall): DescribedCall {
  const [place = ''] = decodeURIComponent(path).split('?');
  const general = place
    .replace(/^.*\/profiles\/[^/]+/, '')
    .replace(/^\/api(?=\/)/, '')
    .replace(/\/\d+\//, '/{id}/');
  const text = decodeURIComponent(path);
  return {
    service: 'system',
    name: `${system} ${method} ${general}`,
    invocationId: undefined,
    identities: [
      ...[...text.matchAll(/visitor-(\d+)/g), ...text.matchAll(/\/segments\/(\d+)\//g)].map(([, number]) =>
        visitorOf(Number(number)),
      ),
      ...[...body.matchAll(/"run_id":"([0-9a-f]{40})/g)].map(([, id = '']) => id),
    ],
  };
}
