/** The account, region and partition that everything runs in here, as the emulators name them. */
export const accountId = '000000000000';
export const region = 'us-east-1';
export const partition = 'aws';

/**
 * What the local system itself signs its requests with. The emulators take any credentials; DynamoDB Local takes only
 * letters and digits.
 */
export const localCredentials = { accessKeyId: 'local', secretAccessKey: 'local' } as const;
