import type { ColdAnswer, ColdAnswers } from '../../measure/coldAnswers.ts';
import { type Limit, ratioAtMost } from '../limit.ts';
import type { Figures } from '../row.ts';

/** How long the first answer of a fresh process takes. */
export function coldRows({ wanted, unwanted, refused, nodeStart }: ColdAnswers): readonly Figures[] {
  return [
    figures('first answer, to an event that a trigger wants: ms', wanted, ratioAtMost(0.5)),
    figures('  … to an event that no trigger wants: ms', unwanted, ratioAtMost(0.3)),
    figures('  … to an event with a wrong signature: ms', refused, ratioAtMost(0.3)),
    figures('before: the start of Node.js: ms', nodeStart),
  ];
}

function figures(name: string, { receiverMs, baselineMs }: ColdAnswer, limit?: Limit): Figures {
  const figure = { name, receiver: receiverMs, other: baselineMs, digits: 1 };
  return limit === undefined ? figure : { ...figure, limit };
}
