import { describe, expect, it, onTestFinished } from 'vitest';
import {
  finishSendGrid,
  type RotateOptions,
  rotateSendGrid,
} from '../../../../cli/connect/sendgrid/rotateSendGrid.ts';
import { SendGridApi } from '../../../../cli/connect/sendgrid/sendGridApi.ts';
import type { SendGridSecret } from '../../../../cli/connect/sendgrid/sendGridSecret.ts';
import {
  type SendGridSimulator,
  type SendGridSimulatorOptions,
  startSendGridSimulator,
} from '../../../../simulators/sendgrid/sendGridSimulator.ts';

const sendgridUrl = 'https://hooks.example.com/sendgrid';
const startMs = Date.parse('2026-11-29T12:00:00Z');
const hourMs = 3_600_000;
const settings = '/v3/user/webhooks/event/settings';

interface World {
  readonly sendgrid: SendGridSimulator;
  readonly options: RotateOptions;
  readonly secret: () => SendGridSecret;
  readonly pass: (ms: number) => void;
  /** What was on at SendGrid, and the keys in the secret, at each wait for the receivers. */
  readonly waits: readonly { readonly on: number; readonly keys: number }[];
}

/** A signed webhook of the default route, whose key is in the secret. */
async function useWorld(simulator: SendGridSimulatorOptions = {}): Promise<World> {
  const sendgrid = await startSendGridSimulator({ latencyMs: 0, ...simulator });
  onTestFinished(() => sendgrid.stop());
  let nowMs = startMs;
  let secret: SendGridSecret = { publicKeys: ['key-of-others'], hasAddressKey: true, members: {} };
  const waits: { readonly on: number; readonly keys: number }[] = [];
  const on = (): number => sendgrid.webhooks().filter(({ enabled }) => enabled).length;
  const api = new SendGridApi({
    apiUrl: sendgrid.baseUrl,
    apiKey: sendgrid.apiKey,
    subuser: undefined,
    now: () => nowMs,
    sleep: async () => undefined,
    onWait: () => undefined,
  });
  const id = await api.create({ url: sendgridUrl, enabled: true, friendly_name: 'ours', click: true });
  secret = { ...secret, publicKeys: [await api.sign(id), 'key-of-others'] };
  const options: RotateOptions = {
    api,
    desired: {
      sendgridUrl,
      webhooks: [{ name: 'ours', route: 'default', url: sendgridUrl, kinds: new Set(['click']) }],
    },
    readSecret: async () => secret,
    writeSecret: async (from, publicKeys, changes) => {
      secret = { ...from, publicKeys, members: { ...from.members, ...changes } };
    },
    now: () => nowMs,
    sleep: async (ms) => {
      waits.push({ on: on(), keys: secret.publicKeys.length });
      nowMs += ms;
    },
    say: () => undefined,
  };
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  return { sendgrid, options, secret: () => secret, pass, waits };
}

describe("a rotation of SendGrid's key pair", () => {
  it('lets a second webhook take the place of the first one, when the receivers know its key', async () => {
    const { sendgrid, options, secret, waits } = await useWorld();
    await rotateSendGrid(options);
    const [old, next] = sendgrid.webhooks();
    expect(old).toMatchObject({ url: sendgridUrl, enabled: false });
    expect(next).toMatchObject({
      url: expect.stringMatching(/\/sendgrid\?key=[0-9a-f]{8}$/),
      enabled: true,
      isSigned: true,
      friendlyName: 'ours',
      events: new Set(['click']),
    });
    expect(waits).toEqual([{ on: 1, keys: 3 }]);
    expect(secret().publicKeys).toEqual([expect.any(String), sendgrid.publicKey, 'key-of-others']);
  });

  it('removes the old webhook and its key after 25 hours, and no key of others', async () => {
    const { sendgrid, options, secret, pass } = await useWorld();
    await rotateSendGrid(options);
    await expect(rotateSendGrid(options)).rejects.toThrow('The last rotation is not finished');
    pass(24 * hourMs);
    await expect(finishSendGrid(options)).rejects.toThrow('finish after 2026-11-30T13:01:15.000Z');
    pass(hourMs);
    await finishSendGrid(options);
    expect(sendgrid.webhooks()).toMatchObject([{ enabled: true }]);
    expect(secret().publicKeys).toEqual([expect.not.stringContaining(sendgrid.publicKey), 'key-of-others']);
    await expect(finishSendGrid(options)).rejects.toThrow('No rotation is under way');
    await rotateSendGrid(options);
    expect(sendgrid.webhooks()).toHaveLength(2);
  });

  it.each([
    ['before the second webhook is signed', `${settings}/signed/*`],
    ['before it is on', `${settings}/*`],
  ])('continues after an interruption, with the same webhook, %s', async (_when, path) => {
    const { sendgrid, options, secret } = await useWorld();
    sendgrid.inject({ kind: 'status', status: 403, method: 'PATCH', path });
    await expect(rotateSendGrid(options)).rejects.toThrow('with 403');
    expect(sendgrid.webhooks().map(({ enabled }) => enabled)).toEqual([true, false]);
    await rotateSendGrid(options);
    expect(sendgrid.webhooks().map(({ enabled }) => enabled)).toEqual([false, true]);
    expect(secret().publicKeys).toHaveLength(3);
  });

  it('continues when it was interrupted between the switch and its record', async () => {
    const { sendgrid, options } = await useWorld();
    let writes = 0;
    const broken: RotateOptions = {
      ...options,
      writeSecret: async (...given) => {
        writes += 1;
        await (writes === 1 ? options.writeSecret(...given) : Promise.reject(new Error('interrupted')));
      },
    };
    await expect(rotateSendGrid(broken)).rejects.toThrow('interrupted');
    await expect(finishSendGrid(options)).rejects.toThrow('run sendgrid rotate again');
    await rotateSendGrid(options);
    expect(sendgrid.webhooks().map(({ enabled }) => enabled)).toEqual([false, true]);
  });

  it('starts nothing if the plan allows no second webhook, or none is set up', async () => {
    const full = await useWorld({ maxWebhooks: 1 });
    await expect(rotateSendGrid(full.options)).rejects.toThrow(
      "A rotation needs 1 more event webhook for a day, and SendGrid's plan allows 1.",
    );
    expect(full.sendgrid.webhooks()).toMatchObject([{ enabled: true }]);
    const elsewhere = await useWorld();
    const desired = { ...elsewhere.options.desired, sendgridUrl: 'https://other.example.com/sendgrid' };
    await expect(rotateSendGrid({ ...elsewhere.options, desired })).rejects.toThrow(
      'No event webhook that is on and signed posts to the route default of https://other.example.com/sendgrid',
    );
  });

  it('is not finished while an old webhook is on', async () => {
    const { sendgrid, options, pass } = await useWorld();
    await rotateSendGrid(options);
    const [old] = sendgrid.webhooks();
    await options.api.change(old?.id ?? '', { url: sendgridUrl, enabled: true });
    pass(26 * hourMs);
    await expect(finishSendGrid(options)).rejects.toThrow('The old event webhook ours is on again');
  });
});
