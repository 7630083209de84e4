import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RotatingSegment, rotatingSegment } from '../../../cli/connect/rotate/giveToSegment.ts';
import type { RotatedMember } from '../../../cli/connect/rotate/rotation.ts';
import { SegmentApi } from '../../../cli/connect/segmentApi/segmentApi.ts';
import { localSecrets } from '../../../local/system/systemOptions.ts';
import { sendActionId, webhooksMetadataId } from '../../../simulators/segment/workspace/catalog.ts';
import {
  type SegmentWorkspace,
  startSegmentWorkspace,
} from '../../../simulators/segment/workspace/workspace.ts';
import { writtenOutput } from '../ops/opsWorld.ts';

const segmentUrl = 'http://127.0.0.1:1/segment';
const sources = ['website', 'mobile'].map((slug) => ({
  id: `src_${slug}`,
  slug,
  name: slug,
  writeKey: `key-${slug}`,
}));

let workspace: SegmentWorkspace;

beforeEach(async () => {
  workspace = await startSegmentWorkspace({ sources });
});

afterEach(() => workspace.stop());

/** A destination with one mapping. @returns the destination's id */
async function destination(
  source: string,
  name: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<string> {
  const { apiUrl } = workspace;
  const token = localSecrets.segmentApiToken;
  const api = new SegmentApi({ apiUrl, token, sleep: async () => undefined, onWait: () => undefined });
  const { id } = await api.createDestination({
    sourceId: `src_${source}`,
    metadataId: webhooksMetadataId,
    name,
    enabled: true,
    settings: { sharedSecret: 'the-old-one' },
  });
  const trigger = 'type = "track"';
  await api.createMapping(id, { name: 'Send', actionId: sendActionId, trigger, enabled: true, settings });
  return id;
}

function segment(what: RotatedMember): RotatingSegment {
  return rotatingSegment({ segmentUrl, workspace }, {}, what, writtenOutput());
}

const secretOf = (id: string): unknown =>
  workspace.destinations().find((one) => one.id === id)?.settings.sharedSecret;

describe('what is rotated at Segment', () => {
  it('is every destination that posts to us, of any source and name, and no other', async () => {
    const ours = [
      await destination('website', 'mavera-triggers', { url: segmentUrl }),
      await destination('mobile', 'by hand', { url: `${segmentUrl}/mobile` }),
    ];
    const elsewhere = await destination('website', 'Slack', { url: 'https://hooks.example.com' });
    const { give, stillOld } = segment('sharedSecret');
    expect(await stillOld('the-new-0ne')).toEqual(['mavera-triggers', 'by hand']);
    await give('the-new-0ne');
    expect(ours.map(secretOf)).toEqual(['the-new-0ne', 'the-new-0ne']);
    expect(secretOf(elsewhere)).toBe('the-old-one');
    expect(await stillOld('the-new-0ne')).toEqual([]);
  });

  it('is the header of the bearer token, in any case, and nothing else', async () => {
    const settings = { url: segmentUrl, method: 'PUT', batch_size: 7 };
    const headers = { authorization: 'Bearer old-token', 'X-Team': 'growth' };
    const id = await destination('website', 'by hand', { ...settings, headers });
    const { give, stillOld } = segment('bearerToken');
    expect(await stillOld('new-token')).toEqual(['by hand']);
    await give('new-token');
    expect(workspace.subscriptions(id)[0]?.settings).toEqual({
      ...settings,
      headers: { 'X-Team': 'growth', Authorization: 'Bearer new-token' },
    });
    expect(await stillOld('new-token')).toEqual([]);
  });

  it('must exist', async () => {
    const { ready } = segment('sharedSecret');
    await expect(ready()).rejects.toThrow(`No destination of this workspace posts to ${segmentUrl}`);
    await destination('website', 'ours', { url: segmentUrl });
    await ready();
  });
});
