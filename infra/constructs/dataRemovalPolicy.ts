import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Settings } from '../settings/settings.ts';

/**
 * What becomes of a resource that holds data when the stack is deleted. `retain` keeps it, save for a first
 * deployment that fails: what that one made is empty, and secrets left behind would block the next try by name.
 */
export function dataRemovalPolicy({ removalPolicy }: Pick<Settings, 'removalPolicy'>): RemovalPolicy {
  return removalPolicy === 'retain' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}
