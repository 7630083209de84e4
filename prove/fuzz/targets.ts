import type { FuzzTarget } from './fuzzTarget.ts';
import { commandLines } from './targets/commands/commandLines.ts';
import { commandOptions } from './targets/commands/commandOptions.ts';
import { devEnvironment } from './targets/commands/devEnvironment.ts';
import { stackSettings } from './targets/commands/stackSettings.ts';
import { filters } from './targets/filters.ts';
import { ledgerItems } from './targets/ledgerItems.ts';
import { maveraAnswers } from './targets/mavera/maveraAnswers.ts';
import { queueMessages } from './targets/queueMessages.ts';
import { quotedValues } from './targets/quotedValues.ts';
import { receiver } from './targets/receiver/receiver.ts';
import { secrets } from './targets/secrets.ts';
import { triggersFiles } from './targets/triggersFiles.ts';

/** Everything that is tried. */
export const targets: readonly FuzzTarget[] = [
  receiver,
  filters,
  triggersFiles,
  quotedValues,
  maveraAnswers,
  queueMessages,
  ledgerItems,
  secrets,
  stackSettings,
  devEnvironment,
  commandOptions,
  commandLines,
];
