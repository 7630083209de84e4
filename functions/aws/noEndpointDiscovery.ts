/**
 * Replaces `@aws-sdk/middleware-endpoint-discovery` in the bundles (an esbuild alias): 8 KB for something that no operation
 * of the DynamoDB client uses.
 */
export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: (): undefined => undefined,
  configFileSelector: (): undefined => undefined,
  default: undefined,
} as const;

export function resolveEndpointDiscoveryConfig<Config>(config: Config): Config {
  return config;
}
