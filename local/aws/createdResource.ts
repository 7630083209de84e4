import type { ResourceAttributes } from '../template/resolveIntrinsics.ts';

/** A resource on a server, and how to remove it. */
export interface CreatedResource extends ResourceAttributes {
  remove(): Promise<void>;
}

/** A resource to be made on a server. */
export interface NamedResource {
  readonly logicalId: string;
  /** Its name, unless its properties have another. */
  readonly name: string;
  /** With every intrinsic function resolved. */
  readonly properties: unknown;
}
