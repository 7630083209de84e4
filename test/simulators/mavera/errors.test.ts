import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { startMaveraSimulator } from '../../../simulators/mavera/simulator.ts';
import { apiKey, persona, question, useMavera } from './mavera.ts';

describe('the API key', () => {
  it.each([
    ['no header', null, 'missing_api_key'],
    ['an empty key', 'Bearer ', 'missing_api_key'],
    ['a key with another prefix', `Bearer mvra_test_${'0'.repeat(30)}`, 'invalid_api_key'],
    ['a key below 32 characters', 'Bearer mvra_live_123', 'invalid_api_key'],
    ['another scheme', 'Basic dXNlcjpwYXNz', 'invalid_api_key'],
  ])('%s is refused with 401', async (_what, authorization, code) => {
    const { call } = await useMavera();
    const { status, body } = await call('GET', '/usage', { authorization });
    expect(status).toBe(401);
    expect(body).toEqual({
      error: { message: expect.any(String), type: 'authentication_error', code, param: null },
    });
  });

  it('must be the configured one, if one is configured', async () => {
    const { call } = await useMavera({ apiKey });
    const other = `Bearer mvra_live_${'1'.repeat(30)}`;
    expect((await call('GET', '/usage')).status).toBe(200);
    expect((await call('GET', '/usage', { authorization: other })).status).toBe(401);
  });
});

describe('a request that cannot be served', () => {
  it.each(['/nowhere', '/generations', '/personas/', '/mave/threads/a/b', '/%E0%A4%A'])(
    'unknown path %s answers 404',
    async (path) => {
      const { call } = await useMavera();
      const { status, body } = await call('POST', path, { body: {} });
      expect(status).toBe(404);
      expect(body).toMatchObject({ error: { code: 'resource_not_found', param: null } });
    },
  );

  it('a path outside the API answers 404 and is not counted', async () => {
    const { mavera } = await useMavera();
    const response = await fetch(new URL('/elsewhere', mavera.baseUrl));
    expect(response.status).toBe(404);
    expect(mavera.calls()).toEqual([]);
  });

  it.each([
    ['PUT', '/personas', 'POST, GET'],
    ['GET', '/mave/chat', 'POST'],
    ['DELETE', '/usage', 'GET'],
  ])('%s %s answers 405 with Allow', async (method, path, allow) => {
    const { call } = await useMavera();
    const { status, headers, body } = await call(method, path);
    expect(status).toBe(405);
    expect(headers.get('allow')).toBe(allow);
    expect(body).toMatchObject({ error: { code: 'method_not_allowed' } });
  });

  it.each(['{"name":', 'null', '[]', '"text"', '7'])('a body %s answers 400', async (body) => {
    const { call } = await useMavera();
    const answer = await call('POST', '/personas', { body });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ error: { type: 'invalid_request_error', code: 'invalid_field' } });
  });

  it('an empty body lacks the first required field', async () => {
    const { call } = await useMavera();
    expect((await call('POST', '/mave/chat')).body).toMatchObject({
      error: { code: 'missing_field', param: 'message' },
    });
  });

  it('a body above 1 MB answers 413, and the next call is served', async () => {
    const { call } = await useMavera();
    const { status, body } = await call('POST', '/mave/chat', { body: { message: 'x'.repeat(1_000_001) } });
    expect(status).toBe(413);
    expect(body).toMatchObject({ error: { code: 'payload_too_large' } });
    expect((await call('POST', '/mave/chat', { body: question })).status).toBe(200);
  });

  it('a body with a __proto__ key changes nothing but itself', async () => {
    const { call } = await useMavera();
    const answer = await call('POST', '/personas', { body: '{"name":"Proto","__proto__":{"type":"B2C"}}' });
    expect(answer.body).toMatchObject({ type: 'B2B' });
    expect({}).not.toHaveProperty('type');
  });

  it('bytes that are not HTTP end only their own connection', async () => {
    const { mavera, call } = await useMavera();
    const socket = connect(Number(new URL(mavera.baseUrl).port), '127.0.0.1');
    socket.end('what is this\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1.1 400/);
    expect((await call('GET', '/usage')).status).toBe(200);
  });

  it('a client that closes the connection while it sends is counted', async () => {
    const { mavera, call } = await useMavera();
    const leaving = request(`${mavera.baseUrl}/personas`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-length': '1000' },
    });
    leaving.on('error', () => undefined);
    leaving.write('{"name":');
    await expect.poll(() => mavera.calls()).toHaveLength(1);
    leaving.destroy();
    await expect.poll(() => mavera.calls()[0]?.outcome).toBe('abandoned');
    expect((await call('POST', '/personas', { body: persona })).status).toBe(201);
  });
});

describe('the simulator as a server', () => {
  it('names the port on which it cannot listen', async () => {
    const { mavera } = await useMavera();
    const port = Number(new URL(mavera.baseUrl).port);
    await expect(startMaveraSimulator({ port })).rejects.toThrow(`cannot listen on port ${port}`);
  });

  it('stops in the middle of calls, and can be stopped twice', async () => {
    const { mavera, call } = await useMavera({ latency: 60_000 });
    const running = call('POST', '/mave/chat', { body: question }).catch(() => 'cut');
    await expect.poll(() => mavera.peaks().concurrentMaveCalls).toBe(1);
    await mavera.stop();
    await mavera.stop();
    expect(await running).toBe('cut');
    await expect(call('GET', '/usage')).rejects.toThrow();
  });
});
