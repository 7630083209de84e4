import type { DeploymentOptions } from '../../ops/deployment/deploymentOptions.ts';

/** The page that explains the command. */
export const maveraPage = 'docs/connect-mavera.md';

/** The options of `connect -- mavera`. */
export interface MaveraOptions extends DeploymentOptions {
  readonly probe?: true;
  readonly focusGroup?: true;
  readonly yes?: true;
  readonly maveraUrl?: string;
  readonly workspace?: string;
  /** A JSON file with the body of the focus group. */
  readonly body?: string;
  readonly out: string;
  /** In milliseconds. */
  readonly wait: number;
}
