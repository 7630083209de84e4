import type { ResourceAttributes } from '../template/resolveIntrinsics.ts';

/** A resource that a server has made, and how to remove it again. */
export interface CreatedResource extends ResourceAttributes {
  remove(): Promise<void>;
}

/** A resource that a server is to make. */
export interface NamedResource {
  readonly logicalId: string;
  /** Its name, unless its properties give another. */
  readonly name: string;
  /** With every intrinsic function resolved. */
  readonly properties: unknown;
}
