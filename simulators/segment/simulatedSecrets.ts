/** Credentials that the simulated workspace takes unless it is given others; no real system may have them. */
export const simulatedSecrets = {
  apiToken: 'local-public-api-token',
  writeKey: 'local-write-key',
} as const;
