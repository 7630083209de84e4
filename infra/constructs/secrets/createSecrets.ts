import type { Construct } from 'constructs';
import type { System } from '../../../functions/access/operation.ts';
import { type SourceName, sourceNames } from '../../../functions/sources/source.ts';
import type { SystemSecretArns } from '../systemAccess.ts';
import { FilledSecret } from './FilledSecret.ts';
import { GeneratedSecret } from './GeneratedSecret.ts';
import type { SecretProps } from './secretProps.ts';
import { sourceSecrets } from './sourceSecrets.ts';
import { type SecretSystem, systemSecrets } from './systemSecrets.ts';

/** Options of {@link createSecrets}. */
export interface SecretsProps extends Omit<SecretProps, 'secretName'> {
  /** What the names of all secrets begin with, such as `mavera-triggers/staging`. */
  readonly path: string;
  readonly openSources: ReadonlySet<SourceName>;
  readonly neededSystems: ReadonlySet<System>;
}

/** The secrets of a deployment, by who reads them. */
export interface Secrets {
  readonly segmentName: string;
  readonly maveraName: string;
  readonly maveraArn: string;
  /** Of the open sources: for the receiver. */
  readonly ofSources: Readonly<Partial<Record<SourceName, string>>>;
  /** Of the systems that runs or pulls need. */
  readonly ofSystems: SystemSecretArns;
  /** The ARNs of those that only some deployments have, by the ids of their constructs. */
  readonly optionalArns: ReadonlyMap<string, string>;
}

/**
 * Creates the secrets. Those of Segment and Mavera are always there, so that a deployment can be connected before its first
 * trigger; the others only if a trigger needs them.
 */
export function createSecrets(scope: Construct, props: SecretsProps): Secrets {
  const { path, openSources, neededSystems, ...kept } = props;
  const mavera = new FilledSecret(scope, 'Mavera', {
    ...kept,
    secretName: `${path}/mavera`,
    description: 'The Mavera API key: {"apiKey": "mvra_live_..."}',
    whyNotRotated: 'Mavera has no API that issues a new key',
  });
  const optionalArns = new Map<string, string>();
  const ofSources: Partial<Record<SourceName, string>> = {};
  for (const source of sourceNames.filter((name) => name === 'segment' || openSources.has(name))) {
    const { id, name, variable: _variable, ...described } = sourceSecrets[source];
    const created = new GeneratedSecret(scope, id, { ...kept, ...described, secretName: `${path}/${name}` });
    const { secretArn } = created.secret;
    if (source !== 'segment') {
      optionalArns.set(id, secretArn);
    }
    if (openSources.has(source)) {
      ofSources[source] = secretArn;
    }
  }
  const ofSystems: Partial<Record<SecretSystem, string>> = {};
  for (const system of secretSystems.filter((name) => neededSystems.has(name))) {
    const { id, name, variable: _variable, ...described } = systemSecrets[system];
    const { secretArn } = new FilledSecret(scope, id, {
      ...kept,
      ...described,
      secretName: `${path}/${name}`,
    });
    optionalArns.set(id, secretArn);
    ofSystems[system] = secretArn;
  }
  return {
    segmentName: `${path}/segment`,
    maveraName: `${path}/mavera`,
    maveraArn: mavera.secretArn,
    ofSources,
    ofSystems,
    optionalArns,
  };
}

/** Those of these systems alone. */
export function secretsOf(systems: ReadonlySet<System>, arns: SystemSecretArns): SystemSecretArns {
  return Object.fromEntries(Object.entries(arns).filter(([system]) => systems.has(system as System)));
}

const secretSystems = Object.keys(systemSecrets) as SecretSystem[];
