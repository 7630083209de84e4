import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Settings } from '../settings/settings.ts';

/**
 * What happens to a resource that holds data when the stack is deleted. `retain` keeps it, except after a first deployment
 * that failed: its resources are empty, and secrets that stayed would block the next deployment by their names.
 */
export function dataRemovalPolicy({ removalPolicy }: Pick<Settings, 'removalPolicy'>): RemovalPolicy {
  return removalPolicy === 'retain' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}
