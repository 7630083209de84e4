import type { FuzzTarget } from './fuzzTarget.ts';
import { accessFiles } from './targets/access/accessFiles.ts';
import { lookups } from './targets/access/lookups.ts';
import { maveraPaths } from './targets/access/maveraPaths.ts';
import { outsideCalls } from './targets/access/outsideCalls.ts';
import { commandLines } from './targets/commands/commandLines.ts';
import { commandOptions } from './targets/commands/commandOptions.ts';
import { devEnvironment } from './targets/commands/devEnvironment.ts';
import { stackSettings } from './targets/commands/stackSettings.ts';
import { filters } from './targets/filters.ts';
import { ledgerItems } from './targets/ledgerItems.ts';
import { maveraAnswers } from './targets/mavera/maveraAnswers.ts';
import { maveraWire } from './targets/mavera/maveraWire.ts';
import { queueMessages } from './targets/queueMessages.ts';
import { quotedValues } from './targets/quotedValues.ts';
import { receiver } from './targets/receiver/receiver.ts';
import { requestBuilders } from './targets/requestBuilders.ts';
import { runner } from './targets/runner/runner.ts';
import { secrets } from './targets/secrets.ts';
import { sources } from './targets/sources/sources.ts';
import { triggersFiles } from './targets/triggersFiles.ts';

/** Everything that is tried. */
export const targets: readonly FuzzTarget[] = [
  receiver,
  filters,
  triggersFiles,
  quotedValues,
  accessFiles,
  outsideCalls,
  maveraPaths,
  lookups,
  requestBuilders,
  maveraAnswers,
  maveraWire,
  queueMessages,
  ledgerItems,
  secrets,
  sources,
  runner,
  stackSettings,
  devEnvironment,
  commandOptions,
  commandLines,
];
