/// <reference lib="esnext.disposable" preserve="true" />
/**
 * `mavera-triggers/cdk`, for a CDK app of your own: the construct {@link MaveraTriggers}, the whole stack, and the types of its
 * parts. The declarations of aws-cdk-lib need the library that is referenced above.
 */
export type { FunctionCode } from './bundling/bundleFunctions.ts';
export { CompileError } from './bundling/compile.ts';
export { TriggersFileError } from './bundling/loadTriggers.ts';
export type { Endpoint } from './constructs/endpoint/endpoint.ts';
export { FunctionUrlEndpoint } from './constructs/endpoint/FunctionUrlEndpoint.ts';
export { HttpApiEndpoint } from './constructs/endpoint/HttpApiEndpoint.ts';
export type { Ledger } from './constructs/Ledger.ts';
export { MaveraTriggers } from './constructs/MaveraTriggers.ts';
export type { Puller } from './constructs/Puller.ts';
export type { PullQueue } from './constructs/PullQueue.ts';
export type { Receiver } from './constructs/Receiver.ts';
export type { ResultsTopic } from './constructs/ResultsTopic.ts';
export type { Runner } from './constructs/Runner.ts';
export type { RunQueue } from './constructs/RunQueue.ts';
export type { MaveraTriggersProps } from './MaveraTriggersProps.ts';
export { MaveraTriggersStack, type MaveraTriggersStackProps } from './MaveraTriggersStack.ts';
export type { MaveraTier } from './settings/maveraTiers.ts';
export { SettingsError } from './settings/settingsError.ts';
