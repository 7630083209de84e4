import type { CloudWatchLogsClient, CloudWatchLogsClientConfig } from '@aws-sdk/client-cloudwatch-logs';

/** The logs of a system's functions. */
export interface Logs {
  /** The log groups with the records of outside calls. */
  readonly callGroups: readonly string[];
  /** The client that reads them. */
  client(): Promise<CloudWatchLogsClient>;
  close(): void;
}

/** Opens the logs. The client is loaded when it is first needed, because most commands do not need it. */
export function openLogs(callGroups: readonly string[], config: CloudWatchLogsClientConfig): Logs {
  let client: Promise<CloudWatchLogsClient> | undefined;
  const load = async (): Promise<CloudWatchLogsClient> => {
    const { CloudWatchLogsClient } = await import('@aws-sdk/client-cloudwatch-logs');
    return new CloudWatchLogsClient(config);
  };
  return {
    callGroups,
    client: () => {
      client ??= load();
      return client;
    },
    close: () => {
      client?.then((opened) => opened.destroy()).catch(() => undefined);
    },
  };
}
