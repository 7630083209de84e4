import { backlogs } from './backlogs.ts';
import { crashes } from './crashes/crashes.ts';
import { pullCrashes } from './crashes/pulls/pullCrashes.ts';
import { floods } from './floods/floods.ts';
import { fuzz } from './fuzz/fuzz.ts';
import { model } from './model/model.ts';
import type { Proof } from './proof.ts';
import { soak } from './soak/soak.ts';

/** All proofs in the order in which they run, the longest last. */
export const proofs: readonly Proof[] = [model, fuzz, backlogs, floods, crashes, pullCrashes, soak];
