/** A source of events. */
export interface WorkspaceSource {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly writeKey: string;
  /** The slug of its kind in Segment's catalogue of sources. @default 'javascript' */
  readonly kind?: string;
}
