/**
 * What the local system itself signs its requests with. The emulators take any; letters and digits alone, since
 * DynamoDB Local takes nothing else.
 */
export const localCredentials = { accessKeyId: 'local', secretAccessKey: 'local' } as const;
