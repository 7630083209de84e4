/** Phases of Mave's work; a request for clarification stays in the first. */
export type MavePhase = 'TRIAGE' | 'VALIDATION';
export type MaveComplexity = 'SIMPLE' | 'MODERATE' | 'COMPLEX' | 'STRATEGIC';

/** Mave's answer to one message. */
export interface MaveAnswer {
  readonly content: string;
  readonly phase: MavePhase;
  readonly complexity: MaveComplexity;
  readonly credits: number;
}

const leastCredits = 10;
const mostCredits = 75;
const charactersPerCredit = 20;
/** To a shorter message Mave answers with a question. */
const leastClearLength = 30;

/**
 * Answers a message; the same message always gives the same answer and cost.
 * Longer messages count as harder: 10 credits, and one more for every 20 characters, up to 75.
 *
 * Source of the ranges: Mavera's Mave page (simple 10–15, moderate 20–30, complex 30–50, strategic 40–75).
 */
export function answerMessage(message: string): MaveAnswer {
  const credits = Math.min(mostCredits, leastCredits + Math.floor(message.length / charactersPerCredit));
  const complexity = complexityOf(credits);
  const topic = message.trim().slice(0, 120);
  if (message.trim().length < leastClearLength) {
    return {
      content: `Could you tell me more about what you would like to know? You wrote "${topic}".`,
      phase: 'TRIAGE',
      complexity,
      credits,
    };
  }
  return { content: report(topic), phase: 'VALIDATION', complexity, credits };
}

function complexityOf(credits: number): MaveComplexity {
  if (credits <= 15) {
    return 'SIMPLE';
  }
  if (credits <= 30) {
    return 'MODERATE';
  }
  return credits <= 50 ? 'COMPLEX' : 'STRATEGIC';
}

function report(topic: string): string {
  return [
    `## Summary\n\nYou asked: "${topic}".`,
    'Three things matter most to customers like this one: how soon they see a result, how little effort the ' +
      'change costs their team, and whether somebody they trust has done it before.',
    '## What to do\n\n1. Show the next step within the first day.\n2. Offer a named contact.\n3. Share a case ' +
      'from the same industry.',
    '## Confidence\n\nModerate: the findings rest on public sources and on simulated respondents.',
  ].join('\n\n');
}
