import type { FuzzTarget } from './fuzzTarget.ts';
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
];
