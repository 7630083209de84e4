import type { PersonChannel } from '../../people.ts';
import type { WorkspaceSource } from '../workspace/workspaceSource.ts';

/** The sources of the made-up company, one for each channel. */
export const sourceOfChannel: Readonly<Record<PersonChannel, WorkspaceSource>> = {
  web: source('web', 'Web app', 'javascript'),
  ios: source('ios', 'iPhone app', 'ios'),
  android: source('android', 'Android app', 'android'),
  email: source('email', 'E-mails', 'sendgrid'),
  server: source('server', 'Billing server', 'node'),
};

/** Segment sources of five kinds. */
export const defaultSources: readonly WorkspaceSource[] = Object.values(sourceOfChannel);

function source(slug: string, name: string, kind: string): WorkspaceSource {
  return { id: `src_${slug}`, slug, name, kind, writeKey: `local-write-key-${slug}` };
}
