import * as z from 'zod';
import { maveraTierNames, maveraTiers } from '../../../infra/settings/maveraTiers.ts';
import { formatTable } from '../../formatTable.ts';
import { ConnectError } from '../connectError.ts';
import type { MaveraApi } from './maveraApi.ts';

const number = z.number().optional().catch(undefined);
const usageSchema = z.object({
  credits: z.object({ remaining: z.number(), included: number, used: number }),
  billing_period: z.object({ end: z.string() }).partial().optional().catch(undefined),
  rate_limit: z.object({ requests_per_minute: number }).optional().catch(undefined),
  auto_recharge: z
    .object({ enabled: z.boolean(), threshold: number, credits_to_add: number })
    .optional()
    .catch(undefined),
  limits: z
    .object({ budget_alert: z.number().nullish(), usage_limit: z.number().nullish() })
    .optional()
    .catch(undefined),
});
const listSchema = z.object({
  data: z.array(z.looseObject({ id: z.string(), name: z.string().optional().catch(undefined) })),
  has_more: z.boolean().optional().catch(undefined),
});

type Listed = Readonly<z.infer<typeof listSchema>>;

/** What the free calls say of an account. */
export interface MaveraAccount {
  readonly usage: Readonly<z.infer<typeof usageSchema>>;
  readonly workspaces: Listed;
  readonly personas: Listed;
}

/** Makes the free calls. @throws ConnectError */
export async function readAccount(api: MaveraApi): Promise<MaveraAccount> {
  const usage = parsed('/usage', usageSchema, await api.read('/usage'));
  const workspaces = parsed('/workspaces', listSchema, await api.read('/workspaces'));
  const personas = parsed('/personas', listSchema, await api.read('/personas?limit=100'));
  return { usage, workspaces, personas };
}

function parsed<Output>(path: string, schema: z.ZodType<Output>, json: unknown): Output {
  const read = schema.safeParse(json);
  if (!read.success) {
    const fields = read.error.issues
      .map(({ path: field }) => field.join('.') || 'the whole answer')
      .join(', ');
    throw new ConnectError(`GET ${path}: the answer is not of the documented shape (${fields}).`);
  }
  return read.data;
}

/** The account for people. */
export function formatAccount({ usage, workspaces, personas }: MaveraAccount, apiUrl: string): string {
  const rows = [
    ['Mavera', apiUrl],
    ['credits', creditsOf(usage)],
    ['plan', planOf(usage)],
    ['limits', limitsOf(usage)],
    ['workspaces', listOf(workspaces)],
    ['personas', `${personas.data.length}${personas.has_more === true ? ' and more' : ''}`],
  ];
  return formatTable([{ heading: '' }, { heading: '' }], rows);
}

function creditsOf({ credits, billing_period, auto_recharge }: MaveraAccount['usage']): string {
  const included = credits.included === undefined ? '' : ` of ${shown(credits.included)}`;
  const until = billing_period?.end === undefined ? '' : `, until ${billing_period.end.slice(0, 10)}`;
  const recharge =
    auto_recharge?.enabled === true
      ? `buys ${shown(auto_recharge.credits_to_add)} credits when ${shown(auto_recharge.threshold)} credits are left`
      : 'does not recharge itself';
  return `${shown(credits.remaining)}${included} left${until}; ${recharge}`;
}

/** Mavera does not name the plan. The documented limits tell it. */
function planOf({ rate_limit }: MaveraAccount['usage']): string {
  const requests = rate_limit?.requests_per_minute;
  const tier = maveraTierNames.find((name) => maveraTiers[name].requestsPerMinute === requests);
  return tier === undefined
    ? 'unknown: the requests a minute are those of no documented plan'
    : `${tier}, by its requests a minute`;
}

function limitsOf({ rate_limit, limits }: MaveraAccount['usage']): string {
  const of = (what: string, credits: number | null | undefined): string =>
    credits === null || credits === undefined ? `no ${what}` : `${what} at ${shown(credits)} credits`;
  return [
    `${shown(rate_limit?.requests_per_minute)} requests a minute`,
    of('budget alert', limits?.budget_alert),
    of('usage limit', limits?.usage_limit),
  ].join('; ');
}

function listOf({ data, has_more }: Listed): string {
  const names = data.map(({ id, name }) => (name === undefined ? id : `${id} (${name})`));
  return names.length === 0 ? 'none' : `${names.join(', ')}${has_more === true ? ' and more' : ''}`;
}

function shown(value: number | undefined): string {
  return value === undefined ? 'an unknown number of' : value.toLocaleString('en');
}
