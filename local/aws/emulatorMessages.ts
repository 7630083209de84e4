/** Which emulators the process is to start. */
export interface EmulatorRequest {
  /** The path of the dynoxide binary; without it, no DynamoDB. */
  readonly dynoxide?: string;
  /** Whether SQS and SNS are wanted. */
  readonly fauxqs: boolean;
}

/** What the process says when they listen, or why they do not. */
export type EmulatorReport =
  | {
      readonly type: 'ready';
      readonly dynamodb?: string;
      readonly fauxqs?: string;
    }
  | { readonly type: 'failed'; readonly message: string };
