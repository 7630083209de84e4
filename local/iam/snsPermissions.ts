import type { RequiredPermission } from './requiredPermission.ts';

/**
 * The permission that an SNS call needs, out of its form: `Action=Publish&TopicArn=…`.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
 */
export function snsPermissions(form: URLSearchParams): readonly RequiredPermission[] {
  const operation = form.get('Action') ?? '';
  const action = `sns:${operation === 'PublishBatch' ? 'Publish' : operation}`;
  return [{ action, resource: form.get('TopicArn') ?? form.get('TargetArn') ?? '*' }];
}
