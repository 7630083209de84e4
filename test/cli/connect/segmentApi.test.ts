import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConnectError } from '../../../cli/connect/connectError.ts';
import { SegmentApi } from '../../../cli/connect/segmentApi/segmentApi.ts';
import { localSecrets } from '../../../local/system/systemOptions.ts';
import { closeServer, listen } from '../../../simulators/http/listen.ts';
import { webhooksMetadataId } from '../../../simulators/segment/workspace/catalog.ts';
import {
  type SegmentWorkspace,
  startSegmentWorkspace,
} from '../../../simulators/segment/workspace/workspace.ts';

const sources = Array.from({ length: 7 }, (_none, index) => ({
  id: `src_${index}`,
  slug: `source-${index}`,
  name: `Source ${index}`,
  writeKey: `write-key-${index}`,
}));
const settings = { sharedSecret: 'a-shared-secret' };
const destination = {
  sourceId: 'src_0',
  metadataId: webhooksMetadataId,
  name: 'mine',
  enabled: true,
  settings,
};

let workspace: SegmentWorkspace;
let waits: number[] = [];
let told: string[] = [];

beforeEach(async () => {
  workspace = await startSegmentWorkspace({ sources, pageSize: 3 });
  waits = [];
  told = [];
});

afterEach(() => workspace.stop());

function apiWith(token: string = localSecrets.segmentApiToken, apiUrl = workspace.apiUrl): SegmentApi {
  const sleep = async (ms: number): Promise<void> => void waits.push(ms);
  return new SegmentApi({ apiUrl, token, sleep, onWait: (text) => told.push(text) });
}

async function problemOf(call: Promise<unknown>): Promise<string> {
  const error = await call.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConnectError);
  return (error as ConnectError).message;
}

describe("Segment's Public API", () => {
  it('is read page by page', async () => {
    expect((await apiWith().sources()).map(({ id }) => id)).toEqual(sources.map(({ id }) => id));
    expect(workspace.requests()).toHaveLength(3);
  });

  it('says what a destination can be set to, and the ids of its actions', async () => {
    const entry = await apiWith().catalogEntry(webhooksMetadataId);
    expect(entry.settingNames).toEqual(['sharedSecret', 'useSegmentSignatureHeader']);
    expect(entry.actions.get('send')).toBe('nFPnRozhz1mh4Gbx4MLvT5');
  });

  it('shows secrets masked', async () => {
    await apiWith().createDestination(destination);
    const [found] = await apiWith().destinations();
    expect(found?.settings.sharedSecret).toBe('••••••••••cret');
    expect(workspace.destinations()[0]?.settings.sharedSecret).toBe('a-shared-secret');
  });
});

describe('a refusal is explained', () => {
  it('401: which token, and for which region', async () => {
    const problem = await problemOf(apiWith('wrong').sources());
    expect(problem).toContain('Segment refused to list the sources with 401: Missing or invalid token');
    expect(problem).toMatch(/Public API token .*not one of the older Config API.*--eu/);
  });

  it('422: the field, and what may be limited', async () => {
    const problem = await problemOf(
      apiWith().createDestination({ ...destination, settings: { colour: 'red' } }),
    );
    expect(problem).toContain('with 422: "colour" is not allowed (settings.colour)');
  });

  it('404', async () => {
    expect(await problemOf(apiWith().mappings('nowhere'))).toContain(
      'with 404: The destination was not found.',
    );
  });

  it('429: waits as long as Segment asks, and fails if that is too long', async () => {
    workspace.failNext(1, 429, { msBeforeNext: 4_000 });
    expect(await apiWith().sources()).toHaveLength(7);
    expect([waits, told]).toEqual([[4_000], ['Segment asks to wait 4 s']]);
    workspace.failNext(1, 429, { msBeforeNext: 600_000 });
    expect(await problemOf(apiWith().sources())).toContain('run the command again in 600 seconds');
  });

  it('5xx: retries what can be made twice', async () => {
    workspace.failNext(2, 503);
    expect(await apiWith().destinations()).toEqual([]);
    expect(waits).toHaveLength(2);
    workspace.failNext(10, 503);
    expect(await problemOf(apiWith().changeDestination('d', {}))).toContain('Segment has a problem');
  });

  it('5xx: does not retry a creation', async () => {
    workspace.failNext(1, 500);
    expect(await problemOf(apiWith().createDestination(destination))).toContain(
      'create the destination with 500',
    );
    expect(workspace.requests()).toHaveLength(1);
  });

  it('no answer at all', async () => {
    const nobody = apiWith(undefined, 'http://127.0.0.1:1');
    expect(await problemOf(nobody.sources())).toMatch(
      /^Segment cannot be reached at http:\/\/127\.0\.0\.1:1 to list/,
    );
    expect(await problemOf(nobody.createMapping('d', {}))).toContain(
      'It may have been done: run the command again',
    );
  });

  it("with Segment's own message, without the secrets that it repeats", async () => {
    const server = createServer(async (incoming, response) => {
      const { settings: sent } = JSON.parse(Buffer.concat(await incoming.toArray()).toString());
      const message = `"${sent.sharedSecret}" and "${sent.headers.Authorization}" are not\u001b[31m allowed`;
      response.writeHead(422).end(JSON.stringify({ errors: [{ message }] }));
    });
    const port = await listen(server, 0);
    const body = { settings: { sharedSecret: 's3cr3t-value', headers: { Authorization: 'Bearer t0ken' } } };
    const problem = await problemOf(
      apiWith('a-token', `http://127.0.0.1:${port}`).changeDestination('d', body),
    );
    await closeServer(server);
    expect(problem).toContain('"[hidden]" and "[hidden]" are not [31m allowed');
  });

  it.each(['<html>', '{"data":{"sources":[{"id":5}]}}', '{}', '[]'])(
    'an answer of another shape: %s',
    async (body) => {
      const server = createServer((_incoming, response) => response.end(body));
      const port = await listen(server, 0);
      expect(await problemOf(apiWith('t', `http://127.0.0.1:${port}`).sources())).toContain(
        'does not have the documented shape',
      );
      await closeServer(server);
    },
  );
});
