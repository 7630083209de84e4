import { describe, expect, it } from 'vitest';
import { faultOf } from '../../../functions/mavera/maveraAnswer.ts';

describe("an error of Mavera's", () => {
  it.each([
    [408, 'passing'],
    [425, 'passing'],
    [429, 'passing'],
    [500, 'passing'],
    [502, 'passing'],
    [503, 'passing'],
    [504, 'passing'],
    [505, 'passing'],
    [520, 'passing'],
    [599, 'passing'],
    [401, 'account'],
    [402, 'account'],
    [300, 'account'],
    [302, 'account'],
    [307, 'account'],
    [399, 'account'],
    [400, 'request'],
    [403, 'request'],
    [404, 'request'],
    [405, 'request'],
    [409, 'request'],
    [413, 'request'],
    [422, 'request'],
    [501, 'passing'],
  ])('of status %d is a fault of kind "%s"', (status, fault) => {
    expect(faultOf({ status, code: 'unknown', message: '' })).toBe(fault);
  });
});
