import type { FuzzTarget } from './fuzzTarget.ts';
import { filters } from './targets/filters.ts';
import { quotedValues } from './targets/quotedValues.ts';
import { triggersFiles } from './targets/triggersFiles.ts';

/** Everything that is tried. */
export const targets: readonly FuzzTarget[] = [filters, triggersFiles, quotedValues];
