import type { Participant } from './participants.ts';

interface FocusGroupResponse {
  readonly persona_id: string;
  readonly persona_name: string;
  /** 0 to 10. */
  readonly score: number;
  readonly reasoning: string;
}

/** The results of a focus group. GUESS: the whole shape, which is not documented. */
export interface FocusGroupResults {
  readonly summary: string;
  /** The net promoter score: the share of scores from 9, minus the share of scores below 7; -100 to 100. */
  readonly nps: number;
  readonly themes: readonly string[];
  readonly questions: readonly {
    readonly question: string;
    readonly mean: number;
    readonly responses: readonly FocusGroupResponse[];
  }[];
}

const reasons: readonly string[] = [
  'I would have to see a result within the first day.',
  'My team has no time for another change this quarter.',
  'Somebody I trust has done it, and it went well.',
];

/** Every participant answers every question; the same input always gives the same results. */
export function discuss(
  questions: readonly string[],
  participants: readonly Participant[],
): FocusGroupResults {
  const answered = questions.map((question, asked) => {
    const responses = participants.map((participant, seat) => respond(participant, 3 * asked + 2 * seat));
    return { question, mean: meanOf(responses), responses };
  });
  return {
    summary: `${participants.length} ${participants.length === 1 ? 'persona' : 'personas'} answered ${questions.length} questions.`,
    nps: promoterScore(answered.flatMap(({ responses }) => responses)),
    themes: ['time to value', 'effort of the change', 'proof'],
    questions: answered,
  };
}

function respond({ id, name }: Participant, turn: number): FocusGroupResponse {
  const reasoning = reasons[turn % reasons.length] ?? '';
  return { persona_id: id, persona_name: name, score: 5 + (turn % 6), reasoning };
}

function meanOf(responses: readonly FocusGroupResponse[]): number {
  const sum = responses.reduce((total, { score }) => total + score, 0);
  return responses.length === 0 ? 0 : Math.round((sum / responses.length) * 10) / 10;
}

function promoterScore(responses: readonly FocusGroupResponse[]): number {
  const promoters = responses.filter(({ score }) => score >= 9).length;
  const detractors = responses.filter(({ score }) => score < 7).length;
  return responses.length === 0 ? 0 : Math.round(((promoters - detractors) / responses.length) * 100);
}
