import { type Gate, type GateDecision, type GatedRun, pass } from './gate.ts';

/** Characters of a run's id, each of 4 bits, that are taken as a number. */
const digits = 12;

/** Lets a share of a trigger's runs pass, the same ones however often their events come. */
export const sampleGate: Gate = {
  name: 'sample',
  decide({ trigger: { sample = 1 }, message }: GatedRun): GateDecision {
    return message.redrive !== undefined || positionOf(message.runId) < sample
      ? pass
      : { kind: 'skip', reason: 'sampled_out' };
  },
};

/** Where a run lies between 0 and 1: its id is a hash of message id and trigger, and thus as good as random. */
function positionOf(runId: string): number {
  return Number.parseInt(runId.slice(0, digits), 16) / 16 ** digits;
}
