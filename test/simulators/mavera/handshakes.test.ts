import { once } from 'node:events';
import { Agent, request } from 'node:https';
import { describe, expect, it, onTestFinished } from 'vitest';
import { apiKey, useMavera } from './mavera.ts';

/** A client that trusts the simulator's certificate, and keeps its connections. */
async function useSecureMavera() {
  const { mavera } = await useMavera({ tls: true });
  const agent = new Agent({ keepAlive: true, ca: mavera.certificate });
  onTestFinished(() => agent.destroy());
  const usage = async (): Promise<number | undefined> => {
    const call = request(`${mavera.baseUrl}/usage`, {
      agent,
      headers: { authorization: `Bearer ${apiKey}` },
    });
    call.end();
    const [response] = await once(call, 'response');
    response.resume();
    await once(response, 'end');
    return response.statusCode;
  };
  return { mavera, usage };
}

describe('a simulator that speaks TLS', () => {
  it('answers clients that trust its certificate', async () => {
    const { mavera, usage } = await useSecureMavera();
    expect(mavera.baseUrl).toMatch(/^https:/);
    expect(await usage()).toBe(200);
  });

  it('is refused by clients that do not', async () => {
    const { mavera } = await useMavera({ tls: true });
    await expect(fetch(`${mavera.baseUrl}/usage`)).rejects.toMatchObject({
      cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    });
    expect(mavera.calls()).toEqual([]);
  });

  it.each([
    ['untrusted', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['expired', 'CERT_HAS_EXPIRED'],
    ['old-version', 'EPROTO'],
    ['plain-http', 'EPROTO'],
    ['reset', 'ECONNRESET'],
  ] as const)('fails one handshake as %s with %s, and no call arrives', async (handshake, code) => {
    const { mavera, usage } = await useSecureMavera();
    expect(await usage()).toBe(200);
    mavera.inject({ kind: 'tls', handshake });
    await expect(usage()).rejects.toMatchObject({ code });
    expect(mavera.calls()).toHaveLength(1);
    expect(await usage()).toBe(200);
  });

  it('fails handshakes alone: calls meet other faults', async () => {
    const { mavera, usage } = await useSecureMavera();
    mavera.inject({ kind: 'status', status: 503 });
    expect(await usage()).toBe(503);
  });
});

it('a simulator without TLS refuses to fail handshakes', async () => {
  const { mavera } = await useMavera();
  expect(() => mavera.inject({ kind: 'tls' })).toThrow('start it with { tls: true }');
});
