/** Default credentials of the simulated workspace; no real system may use them. */
export const simulatedSecrets = {
  apiToken: 'local-public-api-token',
  writeKey: 'local-write-key',
  profileToken: 'local-profile-token',
} as const;
