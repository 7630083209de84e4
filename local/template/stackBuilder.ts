import { nameOfFunction } from '../account/arns.ts';
import type { PolicyStatement } from '../iam/policy.ts';
import { LocalSystemError } from '../localSystemError.ts';
import { pseudoParameters } from './pseudoParameters.ts';
import { type PullSchedule, pullSchedule } from './pullSchedule.ts';
import { type ResourceAttributes, resolveIntrinsics } from './resolveIntrinsics.ts';
import {
  functionAttributes,
  generatedName,
  logGroupAttributes,
  qualifiedFunctionAttributes,
  roleAttributes,
  scheduleAttributes,
  scheduleGroupAttributes,
} from './resourceNames.ts';
import { rolePolicies } from './rolePolicies.ts';
import { type StackFunction, stackFunction } from './stackFunction.ts';
import { type StackMapping, stackMapping } from './stackMapping.ts';
import { type StackSchedule, stackSchedules } from './stackSchedule.ts';
import type { Template, TemplateResource } from './template.ts';

/** Lambda numbers versions from 1. */
const firstVersion = '1';

/** The parts of a stack that need no server, resolved. */
export interface Stack {
  readonly name: string;
  readonly functions: readonly StackFunction[];
  readonly mappings: readonly StackMapping[];
  readonly schedules: readonly StackSchedule[];
  /** Those of EventBridge Scheduler. */
  readonly pullSchedules: readonly PullSchedule[];
  /** The function that the Function URL invokes. */
  readonly urlFunctionName: string;
}

/**
 * Resolves a template step by step: each new resource adds its `Ref` and `Fn::GetAtt` values, with which the properties
 * of others are resolved.
 */
export class StackBuilder {
  readonly #template: Template;
  readonly #nameSuffix: string;
  readonly #resources = new Map<string, ResourceAttributes>();
  readonly #byId: ReadonlyMap<string, TemplateResource>;

  /**
   * @param nameSuffix the suffix of names that the template does not set.
   * @param functionUrl the URL of the HTTP front, such as `http://127.0.0.1:8787/`.
   */
  constructor(template: Template, nameSuffix: string, functionUrl: string) {
    this.#template = template;
    this.#nameSuffix = nameSuffix;
    this.#byId = new Map(template.resources.map((resource) => [resource.logicalId, resource]));
    for (const { logicalId, type, properties } of template.resources) {
      const generated = this.#generatedName(logicalId);
      const named = (key: string): string => String(this.#resolve(logicalId, properties[key]) ?? generated);
      if (type === 'AWS::IAM::Role') {
        this.#resources.set(logicalId, roleAttributes(named('RoleName')));
      } else if (type === 'AWS::Lambda::Function') {
        this.#resources.set(logicalId, functionAttributes(named('FunctionName')));
      } else if (type === 'AWS::Logs::LogGroup') {
        this.#resources.set(logicalId, logGroupAttributes(named('LogGroupName')));
      } else if (type === 'AWS::Scheduler::Schedule') {
        this.#resources.set(logicalId, scheduleAttributes(named('Name')));
      } else if (type === 'AWS::Scheduler::ScheduleGroup') {
        this.#resources.set(logicalId, scheduleGroupAttributes(named('Name')));
      } else if (type === 'AWS::Lambda::Url') {
        this.#resources.set(logicalId, { ref: functionUrl, attributes: { FunctionUrl: functionUrl } });
      }
    }
    this.#addQualified('AWS::Lambda::Version', () => firstVersion);
    this.#addQualified('AWS::Lambda::Alias', ({ Name }) => String(Name));
  }

  /** Adds the values of a resource on a server. */
  add(logicalId: string, resource: ResourceAttributes): void {
    this.#resources.set(logicalId, resource);
  }

  /** The properties of a resource, with every intrinsic function resolved. */
  properties(logicalId: string): unknown {
    return this.#resolve(logicalId, this.#byId.get(logicalId)?.properties ?? {});
  }

  /**
   * The functions, mappings and schedules, resolved.
   *
   * @throws {LocalSystemError} for anything that the local system does not support.
   */
  stack(): Stack {
    const { stackName, codeDirectories } = this.#template;
    const statementsByRole: ReadonlyMap<string, readonly PolicyStatement[]> = rolePolicies(this.#template, {
      roleName: (logicalId) => this.#ref(logicalId),
      properties: (logicalId) => this.properties(logicalId),
    });
    return {
      name: stackName,
      functions: this.#idsOf('AWS::Lambda::Function').map((logicalId) =>
        stackFunction(this.properties(logicalId), {
          logicalId,
          name: this.#ref(logicalId),
          directory: codeDirectories[logicalId],
          statementsByRole,
        }),
      ),
      mappings: this.#idsOf('AWS::Lambda::EventSourceMapping').map((logicalId) =>
        stackMapping(logicalId, this.properties(logicalId)),
      ),
      schedules: this.#idsOf('AWS::Events::Rule').flatMap((logicalId) =>
        stackSchedules(logicalId, this.#generatedName(logicalId), this.properties(logicalId)),
      ),
      pullSchedules: this.#idsOf('AWS::Scheduler::Schedule').map((logicalId) =>
        pullSchedule(logicalId, this.properties(logicalId), statementsByRole),
      ),
      urlFunctionName: this.#urlFunctionName(),
    };
  }

  /** Versions and aliases: here, each is the deployed function itself. */
  #addQualified(type: string, qualifierOf: (properties: Readonly<Record<string, unknown>>) => string): void {
    for (const logicalId of this.#idsOf(type)) {
      const properties = this.properties(logicalId) as Readonly<Record<string, unknown>>;
      const { FunctionName } = properties;
      this.#resources.set(
        logicalId,
        qualifiedFunctionAttributes(String(FunctionName), qualifierOf(properties)),
      );
    }
  }

  #urlFunctionName(): string {
    const ids = this.#idsOf('AWS::Lambda::Url');
    const [logicalId] = ids;
    if (logicalId === undefined || ids.length > 1) {
      throw new LocalSystemError(`the template must have one Function URL, and has ${ids.length}`);
    }
    const { TargetFunctionArn } = this.properties(logicalId) as { readonly TargetFunctionArn?: unknown };
    return nameOfFunction(String(TargetFunctionArn));
  }

  #idsOf(type: string): readonly string[] {
    return this.#template.resources.filter((one) => one.type === type).map(({ logicalId }) => logicalId);
  }

  #generatedName(logicalId: string): string {
    return generatedName(this.#template.stackName, logicalId, this.#nameSuffix);
  }

  #ref(logicalId: string): string {
    return this.#resources.get(logicalId)?.ref ?? logicalId;
  }

  #resolve(logicalId: string, value: unknown): unknown {
    return resolveIntrinsics(value, {
      logicalId,
      pseudoParameters: pseudoParameters(this.#template.stackName),
      resources: this.#resources,
    });
  }
}
