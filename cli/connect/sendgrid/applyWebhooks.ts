import { missingKeys, ourWebhooks, type WebhookStep } from './planWebhooks.ts';
import type { SendGridApi } from './sendGridApi.ts';
import type { SendGridSecret } from './sendGridSecret.ts';

/** What a plan is carried out with. */
export interface ApplyOptions {
  readonly api: SendGridApi;
  readonly sendgridUrl: string;
  readonly readSecret: () => Promise<SendGridSecret>;
  /** Writes the public keys, newest first. */
  readonly writeKeys: (secret: SendGridSecret, publicKeys: readonly string[]) => Promise<void>;
  /** Called after each step. */
  readonly onDone: (step: WebhookStep) => void;
}

/**
 * Carries out a plan: a webhook sends nothing before it is signed and the receiver's secret has its key. After an
 * interruption, a new plan finds what is done and continues from there.
 *
 * @throws ConnectError
 */
export async function applyWebhooks(steps: readonly WebhookStep[], options: ApplyOptions): Promise<void> {
  const { api, onDone } = options;
  const created = await createDisabled(steps, api);
  const idOf = (step: WebhookStep): string | undefined =>
    step.call?.kind === 'change' ? step.call.id : created.get(step);
  for (const step of steps) {
    const id = idOf(step);
    if (id !== undefined && (created.has(step) || isToBeSigned(step))) {
      await api.sign(id);
    }
  }
  await giveKeys(steps, options);
  for (const step of steps) {
    const id = idOf(step);
    if (id !== undefined && step.call !== undefined && 'body' in step.call) {
      await api.change(id, step.call.body);
      onDone(step);
    }
  }
}

/** Before anything else: if SendGrid refuses it, nothing that works has been changed. @returns ids by step */
async function createDisabled(
  steps: readonly WebhookStep[],
  api: SendGridApi,
): Promise<ReadonlyMap<WebhookStep, string>> {
  const created = new Map<WebhookStep, string>();
  for (const step of steps) {
    if (step.call?.kind === 'create') {
      created.set(step, await api.create({ ...step.call.body, enabled: false }));
    }
  }
  return created;
}

function isToBeSigned({ call }: WebhookStep): boolean {
  return call?.kind === 'change' && call.sign;
}

async function giveKeys(
  steps: readonly WebhookStep[],
  { api, sendgridUrl, readSecret, writeKeys, onDone }: ApplyOptions,
): Promise<void> {
  const step = steps.find(({ call }) => call?.kind === 'writeKeys');
  if (step === undefined) {
    return;
  }
  const { webhooks } = await api.webhooks();
  const secret = await readSecret();
  const moved = steps.flatMap(({ call }) => (call?.kind === 'change' ? [call.id] : []));
  const ours = webhooks.filter(
    (webhook) => ourWebhooks([webhook], sendgridUrl).length > 0 || moved.includes(webhook.id),
  );
  await writeKeys(secret, [...missingKeys(ours, secret), ...secret.publicKeys]);
  onDone(step);
}
