/** Which emulators the process starts. */
export interface EmulatorRequest {
  /** The path of the dynoxide binary; without it, no DynamoDB. */
  readonly dynoxide?: string;
  /** Whether SQS and SNS are wanted. */
  readonly fauxqs: boolean;
}

/** What the process reports: the endpoints, or why there are none. */
export type EmulatorReport =
  | {
      readonly type: 'ready';
      readonly dynamodb?: string;
      readonly fauxqs?: string;
    }
  | { readonly type: 'failed'; readonly message: string };
