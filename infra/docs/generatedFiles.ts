import { withMetricsTable } from './metricsTable.ts';
import { withOperationsTable } from './operationsTable.ts';
import { withPropsDocstrings } from './propsDocstrings.ts';
import { withSettingsTables } from './settingsTables.ts';

/** Files with parts that are made from code: how to write those parts, by the file's path in the project. */
export const generatedFiles: Readonly<Record<string, (text: string) => string>> = {
  'docs/settings.md': withSettingsTables,
  'docs/metrics.md': withMetricsTable,
  'docs/access.md': withOperationsTable,
  'infra/MaveraTriggersProps.ts': withPropsDocstrings,
};
