import * as fc from 'fast-check';
import * as z from 'zod';
import { ConnectError } from '../../../../../cli/connect/connectError.ts';
import { segmentAddress } from '../../../../../cli/connect/connectOptions.ts';
import { devVariables, readDevSettings } from '../../../../../local/dev/devSettings.ts';
import { LocalSystemError } from '../../../../../local/localSystemError.ts';
import { anyText } from '../../arbitraries/json.ts';
import { mustNotTell, secretCanary } from '../../canary.ts';
import { type FuzzTarget, mustHold } from '../../fuzzTarget.ts';

const schema = z.record(z.string(), z.string());

type Environment = z.infer<typeof schema>;

const variable = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...devVariables, 'SEGMENT_PUBLIC_API_TOKEN', 'INIT_CWD') },
  anyText,
);
const value = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      secretCanary,
      `${secretCanary} ${secretCanary}`,
      `${secretCanary}é`,
      `https://u:${secretCanary}@x`,
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '',
      '0',
      '8787',
      '65536',
      '-1',
      '1e3',
      '５',
      'http://127.0.0.1:1/v1',
      'https://x',
      'ftp://x',
      'x'.repeat(9),
    ),
  },
  anyText,
);

/** Variables for the environment of a command; their secrets are canaries. */
export const anyEnvironment: fc.Arbitrary<Environment> = fc.dictionary(variable, value, { maxKeys: 6 });

/** The environment of `npm run dev` and of `npm run connect`. */
export const devEnvironment: FuzzTarget<Environment> = {
  name: 'dev-environment',
  share: 2,
  schema,
  inputs: anyEnvironment,
  open: async () => ({ check, close: async () => undefined }),
};

function check(environment: Environment): string {
  const [dev, connect] = [
    isTaken(() => readDevSettings(environment)),
    isTaken(() => connectWith(environment)),
  ];
  return `dev ${dev}, connect ${connect}`;
}

function connectWith(environment: Environment): void {
  const target = { workspace: undefined, segmentUrl: 'https://receiver.example.com/segment' } as Parameters<
    typeof segmentAddress
  >[1];
  segmentAddress({}, target, environment);
}

function isTaken(read: () => unknown): string {
  try {
    read();
    return 'taken';
  } catch (error) {
    if (!(error instanceof LocalSystemError || error instanceof ConnectError)) {
      throw error;
    }
    mustNotTell('the refusal', error.message);
    mustHold(
      error.message.length > 10 && !error.message.includes('\n'),
      `the refusal is not a sentence: ${error.message}`,
    );
    return 'refused';
  }
}
