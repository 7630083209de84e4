import { crashes } from './crashes/crashes.ts';
import { floods } from './floods/floods.ts';
import { fuzz } from './fuzz/fuzz.ts';
import { model } from './model/model.ts';
import type { Proof } from './proof.ts';
import { soak } from './soak/soak.ts';

/** All that is proven, in the order in which it is tried: what takes longest comes last. */
export const proofs: readonly Proof[] = [model, fuzz, floods, crashes, soak];
