import type { Duration } from 'aws-cdk-lib/core';
import type * as z from 'zod';
import type { settingsSchema } from './settingsSchema.ts';

/** The settings of a deployment: validated, complete, and free of contradictions. */
export interface Settings extends Readonly<z.infer<typeof settingsSchema>> {
  readonly maveraRequestsPerMinute: number;
  /** The most deliveries of the ready queue at the same time. */
  readonly runnerConcurrency: number;
  /** 0: no limit but the account itself. */
  readonly budgetCredits: number;
  /** `maveraTimeout`, and time to record the outcome. */
  readonly runnerTimeout: Duration;
  readonly runQueueVisibilityTimeout: Duration;
}
