import { describe, expect, it } from 'vitest';
import { hasWork } from '../../../../cli/connect/plan/planStep.ts';
import type { DesiredWebhook } from '../../../../cli/connect/sendgrid/desiredWebhooks.ts';
import { type EventKind, eventKinds } from '../../../../cli/connect/sendgrid/eventKinds.ts';
import type { EventWebhook } from '../../../../cli/connect/sendgrid/eventWebhook.ts';
import { planWebhooks, type WebhookStep } from '../../../../cli/connect/sendgrid/planWebhooks.ts';

const sendgridUrl = 'https://hooks.example.com/sendgrid';
const options = { prune: false, move: false };
const secret = { publicKeys: ['key-1'], hasAddressKey: true, members: {} };
const kinds: ReadonlySet<EventKind> = new Set(['open', 'click']);
const desired: DesiredWebhook = { name: 'mavera-triggers', route: 'default', url: sendgridUrl, kinds };
const clicks: DesiredWebhook = {
  name: 'mavera-triggers: clicks',
  route: 'clicks',
  url: `${sendgridUrl}/clicks`,
  kinds: new Set(['click']),
};
const found: EventWebhook = {
  id: 'w-1',
  url: sendgridUrl,
  enabled: true,
  name: 'mavera-triggers',
  publicKey: 'key-1',
  kinds,
  offersAccountKind: true,
  oauth: undefined,
};
const theirs: EventWebhook = {
  ...found,
  id: 'w-9',
  url: 'https://elsewhere.example.com/hook?token=hush',
  name: 'theirs',
  publicKey: 'key-9',
};

function plan(
  webhooks: readonly EventWebhook[],
  {
    wanted = [desired],
    maxAllowed = 5,
    known = secret,
    choices = options,
  }: {
    readonly wanted?: readonly DesiredWebhook[];
    readonly maxAllowed?: number;
    readonly known?: typeof secret;
    readonly choices?: typeof options;
  } = {},
): readonly WebhookStep[] {
  return planWebhooks({ sendgridUrl, webhooks: wanted }, { maxAllowed, webhooks }, known, choices);
}

const shortly = (steps: readonly WebhookStep[]): readonly string[] =>
  steps.map(({ action, what, changes }) => `${action} ${what}: ${changes.join(', ')}`);

describe('a plan for SendGrid', () => {
  it('has nothing to do if the webhook and its key are there, whatever others have', () => {
    const steps = plan([theirs, found]);
    expect(shortly(steps)).toEqual([
      'keep event webhook mavera-triggers: ',
      "keep public keys in the stack's secret: ",
    ]);
    expect(hasWork(steps)).toBe(false);
  });

  it('creates what is missing, with only the wanted kinds, and its key', () => {
    const steps = plan([theirs]);
    expect(shortly(steps)).toEqual([
      'create event webhook mavera-triggers: enabled, signed, kinds',
      "update public keys in the stack's secret: 1 to add",
    ]);
    expect(steps[0]?.call).toEqual({
      kind: 'create',
      body: {
        url: sendgridUrl,
        enabled: true,
        friendly_name: 'mavera-triggers',
        ...Object.fromEntries(
          eventKinds
            .filter((kind) => kind !== 'account_status_change')
            .map((kind) => [kind, kinds.has(kind)]),
        ),
      },
    });
    expect(steps[0]?.details).toEqual([`posts to ${sendgridUrl}`, 'the kinds open, click']);
  });

  it.each([
    ['is off', { enabled: false }, 'enabled'],
    ['is not signed', { publicKey: undefined }, 'signed'],
    [
      'sends a kind that no trigger wants',
      { kinds: new Set<EventKind>(['open', 'click', 'bounce']) },
      'kinds',
    ],
    ['lacks a kind', { kinds: new Set<EventKind>(['open']) }, 'kinds'],
  ])('changes a webhook that %s', (_what, changes, field) => {
    const [step] = plan([{ ...found, ...changes }]);
    expect(step).toMatchObject({
      action: 'update',
      changes: [field],
      call: { kind: 'change', id: 'w-1', sign: field === 'signed' },
    });
  });

  it('keeps the name and the URL that a webhook of the route has', () => {
    for (const url of [`${sendgridUrl}/`, `${sendgridUrl}/default`, `${sendgridUrl}?key=2`]) {
      const [step] = plan([{ ...found, url, name: 'by hand', enabled: false }]);
      expect(step?.call).toMatchObject({ body: { url, friendly_name: 'by hand' } });
    }
  });

  it('adds the key of each webhook that posts to the system, also of a second one', () => {
    const second = { ...found, id: 'w-2', url: `${sendgridUrl}?key=2`, publicKey: 'key-2' };
    expect(shortly(plan([found, second]))).toEqual([
      'keep event webhook mavera-triggers: ',
      `leave event webhook mavera-triggers: posts to ${sendgridUrl}, which another webhook serves: --prune disables it`,
      "update public keys in the stack's secret: 1 to add",
    ]);
  });

  it('makes an address key if there is none', () => {
    const steps = plan([found], { known: { ...secret, hasAddressKey: false } });
    expect(shortly(steps).at(-1)).toBe("update public keys in the stack's secret: addressKey to make");
  });

  it('has a webhook for each route, and disables one that no trigger names only with --prune', () => {
    const old = { ...found, id: 'w-3', url: `${sendgridUrl}/old`, name: 'old' };
    expect(shortly(plan([found, old], { wanted: [desired, clicks] }))).toEqual([
      'keep event webhook mavera-triggers: ',
      'create event webhook mavera-triggers: clicks: enabled, signed, kinds',
      `leave event webhook old: posts to ${sendgridUrl}/old, which no trigger names: --prune disables it`,
      "update public keys in the stack's secret: 1 to add",
    ]);
    const [, step] = plan([found, old], { choices: { ...options, prune: true } });
    expect(step).toMatchObject({
      action: 'disable',
      call: { id: 'w-3', body: { enabled: false, open: true } },
    });
  });

  it('asks for the kind of account changes only where SendGrid shows it', () => {
    const wanted = [{ ...desired, kinds: new Set<EventKind>([...kinds, 'account_status_change']) }];
    expect(plan([found], { wanted })[0]).toMatchObject({ changes: ['kinds'] });
    expect(plan([{ ...found, offersAccountKind: false }], { wanted })[0]).toMatchObject({ action: 'keep' });
  });

  it('fails if the plan at SendGrid allows no further webhook, and names those that are there', () => {
    expect(() => plan([theirs], { maxAllowed: 1 })).toThrow(
      "This needs 1 more event webhook, and SendGrid's plan allows 1: there are theirs. Delete an event webhook",
    );
    expect(() => plan([{ ...theirs, name: undefined }], { maxAllowed: 1 })).toThrow(
      'there are https://elsewhere.example.com/hook.',
    );
    expect(() => plan([found], { maxAllowed: 1 })).not.toThrow();
  });

  it('does not take the webhook of another system that has the same name, unless it is told to', () => {
    const other = { ...found, url: 'https://old.example.com/sendgrid' };
    expect(() => plan([other])).toThrow('posts to https://old.example.com/sendgrid, not to');
    expect(plan([other], { choices: { ...options, move: true } })[0]).toMatchObject({
      action: 'update',
      changes: ['url'],
      call: { kind: 'change', id: 'w-1', body: { url: sendgridUrl } },
    });
    expect(() => plan([other, { ...other, id: 'w-4' }], { choices: { ...options, move: true } })).toThrow(
      'give this one another name with --name',
    );
  });
});
