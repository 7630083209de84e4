import { defineTriggers, type StartedTrigger, type Trigger } from 'mavera-triggers';
import examples from '../../examples/triggers.ts';
import own from '../../triggers.ts';

const ofProject: readonly StartedTrigger[] = own;
const ofExamples: readonly StartedTrigger[] = examples;
const taken = new Set(ofProject.map(({ name }) => name));
const isFree = ({ name, after }: Trigger): boolean =>
  !taken.has(name) && (after === undefined || isFree(after));

/** The triggers of the project, and those of the examples whose names it does not have. */
export default defineTriggers([...ofProject, ...ofExamples.filter(isFree)]);
