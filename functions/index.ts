/** The public face: what a triggers file and a user's own tests import from `mavera-triggers`. */
export type { EventFields, SegmentEvent, SegmentEventType } from './sources/segment/event.ts';
export { segmentSignature } from './sources/segment/signature.ts';
export {
  type SignedRequest,
  type SignRequestOptions,
  signSegmentRequest,
} from './sources/segment/signRequest.ts';
export {
  type ActionOptions,
  type AskMaveRequest,
  askMave,
  type CreatePersonaRequest,
  createPersona,
} from './triggers/actions.ts';
export { defineTriggers, InvalidTriggersError } from './triggers/defineTriggers.ts';
export type { Action, BuilderContext, RequestBuilder, Trigger } from './triggers/trigger.ts';
