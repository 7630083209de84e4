import { setTimeout as sleep } from 'node:timers/promises';
import type { Output } from '../../ops/output.ts';
import { ConnectError } from '../connectError.ts';
import { type AddressOptions, segmentAddress } from '../connectOptions.ts';
import { authorizationOf, mergedSettings, withoutToken } from '../plan/mappingHeaders.ts';
import { compareSecret, isMasked } from '../plan/maskedValue.ts';
import { SegmentApi } from '../segmentApi/segmentApi.ts';
import type { ConnectTarget } from '../target/connectTarget.ts';
import { type OurDestination, ourDestinations } from './ourDestinations.ts';
import type { RotatedMember } from './rotation.ts';

/** What a rotation needs of Segment. */
export interface RotatingSegment {
  /** @throws ConnectError if Segment does not answer, or nothing there posts to us */
  ready(): Promise<void>;
  /** Gives a new value to every destination that posts to us, and changes nothing else. */
  give(newValue: string): Promise<void>;
  /** The destinations that still have another value. */
  stillOld(newValue: string): Promise<readonly string[]>;
}

/** Opens Segment for a rotation. @throws ConnectError without a token, or if nothing is set up at Segment */
export function rotatingSegment(
  target: Pick<ConnectTarget, 'workspace' | 'segmentUrl'>,
  options: AddressOptions,
  what: RotatedMember,
  output: Output,
): RotatingSegment {
  const { apiUrl, token } = segmentAddress(options, target, process.env);
  const api = new SegmentApi({ apiUrl, token, sleep, onWait: output.note });
  const findOurs = async (): Promise<readonly OurDestination[]> => {
    const found = await ourDestinations(api, target.segmentUrl);
    if (found.length === 0) {
      throw new ConnectError(
        `No destination of this workspace posts to ${target.segmentUrl}: set one up with npm run connect -- segment, or add --eu, or rotate --by-hand.`,
      );
    }
    return found;
  };
  return {
    ready: async () => void (await findOurs()),
    give: async (newValue) => {
      for (const ours of await findOurs()) {
        await giveOne(api, ours, what, newValue);
        output.note(`done: ${what} of destination ${nameOf(ours)}`);
      }
    },
    stillOld: async (newValue) => {
      const found = await findOurs();
      return found.filter((ours) => !has(ours, what, newValue)).map(nameOf);
    },
  };
}

async function giveOne(
  api: SegmentApi,
  { destination, mappings }: OurDestination,
  what: RotatedMember,
  newValue: string,
): Promise<void> {
  if (what === 'sharedSecret') {
    await api.changeDestination(destination.id, { settings: { sharedSecret: newValue } });
    return;
  }
  const masked = mappings.filter(({ settings }) => isMasked(withoutToken(settings ?? {})));
  if (masked.length > 0) {
    throw new ConnectError(
      `Segment shows settings of ${masked.map(({ name, id }) => name ?? id).join(', ')} masked, and accepts settings only as a whole: change the token there by hand (rotate --bearer --by-hand).`,
    );
  }
  for (const { id, settings } of mappings) {
    const headers = { Authorization: `Bearer ${newValue}` };
    await api.changeMapping(destination.id, id, { settings: mergedSettings({ headers }, settings ?? {}) });
  }
}

function has({ destination, mappings }: OurDestination, what: RotatedMember, value: string): boolean {
  if (what === 'sharedSecret') {
    return compareSecret(destination.settings.sharedSecret, value) !== 'different';
  }
  return mappings.every(
    ({ settings }) => compareSecret(authorizationOf(settings?.headers), `Bearer ${value}`) !== 'different',
  );
}

function nameOf({ destination }: OurDestination): string {
  return destination.name ?? destination.id;
}
