/** One resource of the template; its properties still have intrinsic functions. */
export interface TemplateResource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A synthesized stack. */
export interface Template {
  readonly stackName: string;
  readonly resources: readonly TemplateResource[];
  /** The directory of each function's code, by the function's logical id. */
  readonly codeDirectories: Readonly<Record<string, string>>;
}
