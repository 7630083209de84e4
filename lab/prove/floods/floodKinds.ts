import type { FloodKind } from './floodKind.ts';
import { batchFloods } from './kinds/batches.ts';
import { doorFloods } from './kinds/doors.ts';
import { jsonFloods } from './kinds/json.ts';
import { signatureFloods } from './kinds/signatures.ts';
import { sizeFloods } from './kinds/sizes.ts';
import { slowFloods } from './kinds/slow.ts';
import { sourceFloods } from './kinds/sources.ts';

/** Every kind of flood. */
export const floodKinds: readonly FloodKind[] = [
  ...signatureFloods,
  ...sizeFloods,
  ...slowFloods,
  ...jsonFloods,
  ...doorFloods,
  ...batchFloods,
  ...sourceFloods,
];
