import {
  askMave,
  defineTriggers,
  maveraWorkspace,
  quoted,
  runFocusGroup,
  sendgridAbTests,
  trigger,
} from 'mavera-triggers';

/** The personas that are asked: their ids at Mavera. Create them once, or take some of Mavera's own. */
const panel = ['clx0000000001genz00000000', 'clx0000000002millennial00', 'clx0000000003saascmo00000'];

/** What each variation said, by its id: SendGrid does not give it. `dry-run --pull ab-loser-voices` shows the ids. */
const texts: Readonly<Record<string, string>> = {
  // These two are of the simulated test.
  '8e3474ac-d58d-49cd-804d-f73f29b4e18d': 'Your plan, half price until Sunday',
  'd973d421-faa8-41da-86bd-2cd2191720f2': 'Black Friday is here!',
};

/** Each day: A/B tests that SendGrid has decided, and whose difference is not chance. Each of them starts once. */
const loserVoices = trigger(
  {
    name: 'ab-loser-voices',
    from: sendgridAbTests({ minDelivered: 500, within: '30d' }),
    every: '1d',
    with: { workspace: maveraWorkspace() },
    atMost: { runs: 2 },
    budget: { credits: 800, per: 'month' },
  },
  runFocusGroup(({ event: { properties: test }, workspace }) => {
    const lost = quoted(texts[test.loser.variation], { otherwise: 'not known' });
    const stimulus = `You received an e-mail of our campaign ${quoted(test.name)}. Its ${test.type}: ${lost}. `;
    return {
      workspace_id: workspace.id,
      name: `Why did ${test.name} lose? ${test.singleSendId}`.slice(0, 100),
      persona_ids: panel,
      stimulus,
      questions: [
        'What would need to change about this e-mail for you to engage?',
        'What did you expect behind it, and what did you fear?',
        'When, and on which device, would you have read it?',
      ].map((question) => ({ type: 'open_ended', text: stimulus + question })),
    };
  }),
);

/** What to test next, from what the panel said and what the numbers say. */
const nextVariation = trigger(
  { name: 'ab-next-variation', after: loserVoices, budget: { credits: 200, per: 'month' } },
  askMave(({ event: { properties: test }, result }) => ({
    message: `In an A/B test of the ${test.type} of an e-mail, a rate of ${test.criterion}s of ${test.winner.rate.toFixed(3)}
won against ${test.loser.rate.toFixed(3)}. The winner: ${quoted(texts[test.winner.variation])}. The loser: ${quoted(texts[test.loser.variation])}.
Clicks in the winner: ${quoted(test.winner.links, { maxLength: 800 })}. A focus group said of the loser:
${quoted(result.focusGroup, { maxLength: 4_000 })}. Write three variations to test next against the winner, each with the one
reason why it should win.`,
  })),
);

export default defineTriggers([loserVoices, nextVariation]);
