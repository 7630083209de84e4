/** The testing kit: what users import from `mavera-triggers/testing` in tests of their own triggers. */

export type { PulledItem } from '../functions/pulls/pull.ts';
export type { TrialSecrets } from './deployment/trialSecrets.ts';
export type { SentCall, SentLookup, SentReport, TrialRun } from './runs/trialRun.ts';
export type { TrialRequest } from './signEvents.ts';
export { trial } from './startTrial.ts';
export type {
  NameOf,
  ReceivedEvents,
  ReceiverAnswer,
  SendOptions,
  Trial,
  TrialEvent,
} from './trial.ts';
export { InvalidTrialError, type TrialOptions } from './trialOptions.ts';
export {
  type Answer,
  type Answers,
  type AnswerValue,
  type FailingAnswer,
  type GivenAnswer,
  InvalidAnswerError,
  type LostAnswer,
  type SentRequest,
} from './wire/answer.ts';
export { InvalidLookupError } from './wire/lookupAnswer.ts';
export { MissingLookupError } from './wire/lookups.ts';
