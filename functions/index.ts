/** The public API: what a triggers file, an access file and a user's own tests import from `mavera-triggers`. */

export { type AccessFile, defineAccess, InvalidAccessError } from './access/defineAccess.ts';
export type { Access, Agent, Grants } from './access/grants.ts';
export type { AccessLevel } from './access/operation.ts';
export type { Resource } from './access/operations.ts';

export type { Lookup, LookupOptions, Lookups } from './lookups/lookup.ts';
export { type MaveraWorkspace, maveraWorkspace } from './lookups/maveraWorkspace.ts';
export {
  type Channel,
  type ExternalId,
  type ProfileEvent,
  type SegmentProfile,
  type SegmentProfileOptions,
  segmentProfile,
} from './lookups/segmentProfile.ts';
export { type SegopsMembers, type SegopsMembersOptions, segopsMembers } from './lookups/segopsMembers.ts';
export { type SegopsMembership, segopsMembership } from './lookups/segopsMembership.ts';
export type { SendgridContactsOptions } from './pulls/contacts/contactsOptions.ts';
export { definePull, type PullDefinition } from './pulls/definePull.ts';
export {
  type Cluster,
  type Clustering,
  type ClusterRule,
  type Clusters,
  clusterBy,
  type NumberRule,
} from './pulls/groups/clusterBy.ts';
export { describeFields } from './pulls/groups/describeFields.ts';
export type { FieldSummary } from './pulls/groups/fieldSketch.ts';
export type { GroupBy, PeopleGroup } from './pulls/groups/groupPeople.ts';
export { type Summary, summarize } from './pulls/groups/summarize.ts';
export type { ProfileChannels } from './pulls/profiles/profileChannels.ts';
export { type AudiencePreview, audiencePreview, type IdsFrom, idsFrom } from './pulls/profiles/profileIds.ts';
export type { PulledProfile } from './pulls/profiles/profileState.ts';
export type { GroupedProfilesOptions, SegmentProfilesOptions } from './pulls/profiles/profilesOptions.ts';
export type {
  Asking,
  Compared,
  Fold,
  OperationCall,
  Pull,
  PullAnswer,
  PullCall,
  PulledEvent,
  PulledItem,
  Row,
  RowsCall,
  RowsFile,
  RowsPlace,
  Step,
  StepContext,
  Told,
} from './pulls/pull.ts';
export type { Calendar, Every } from './pulls/schedule.ts';
export {
  type PulledAudience,
  type SegmentAudiencesOptions,
  segmentAudiences,
} from './pulls/segmentAudiences.ts';
export { segmentProfiles } from './pulls/segmentProfiles.ts';
export {
  type RecomputedSegment,
  type SegopsSegmentsOptions,
  segopsSegments,
} from './pulls/segopsSegments.ts';
export {
  type AbVariation,
  type DecidedAbTest,
  type SendgridAbTestsOptions,
  sendgridAbTests,
} from './pulls/sendgridAbTests.ts';
export { sendgridContacts } from './pulls/sendgridContacts.ts';
export {
  type EmailStatistics,
  type SendgridStatsOptions,
  type StatsRow,
  type StatsSplit,
  sendgridStats,
} from './pulls/sendgridStats.ts';

export type { EventFields, SegmentEvent, SegmentEventType } from './sources/segment/event.ts';
export {
  type SignedRequest,
  type SignRequestOptions,
  signSegmentRequest,
} from './sources/segment/signRequest.ts';
export { segmentSignature } from './sources/segment/source.ts';
export { type SegOpsRequest, signSegOpsRequest } from './sources/segops/signRequest.ts';
export {
  type SendGridRequest,
  type SigningKey,
  type SignSendGridOptions,
  signSendGridRequest,
} from './sources/sendgrid/signRequest.ts';
export type { SourceName } from './sources/source.ts';
export type {
  AskMaveResult,
  FocusGroupResult,
  PersonaResult,
  RespondAsResult,
} from './triggers/actionResults.ts';
export {
  type Action,
  type ActionOptions,
  type AskMaveOptions,
  type AskMaveRequest,
  askMave,
  type BuilderContext,
  type CreatePersonaRequest,
  createPersona,
  type RequestBuilder,
  type RespondAsOptions,
  type RespondAsRequest,
  type RunFocusGroupOptions,
  type RunFocusGroupRequest,
  respondAs,
  runFocusGroup,
  type UpdatePersonaOptions,
  type UpdatePersonaRequest,
  updatePersona,
} from './triggers/actions.ts';
export { type TriggerContext, type TriggerOptions, trigger } from './triggers/defineTrigger.ts';
export { defineTriggers, InvalidTriggersError } from './triggers/defineTriggers.ts';
export { type Device, deviceOf } from './triggers/deviceOf.ts';
export type { Duration } from './triggers/duration.ts';
export type { Per } from './triggers/eventKey.ts';
export { type QuotedOptions, quoted } from './triggers/quoted.ts';
export type {
  Approve,
  AtMost,
  Budget,
  CancelledBy,
  CatchUp,
  Collect,
  CollectTally,
  Cooldown,
  ItemMark,
  ReportContext,
  StartedTrigger,
  Tally,
  ToSegment,
  ToSegOps,
  Trigger,
} from './triggers/trigger.ts';
