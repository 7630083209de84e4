/** What is counted of one variation in one phase, since it was sent. */
export interface SendCounts {
  readonly requests: number;
  readonly delivered: number;
  readonly opens: number;
  readonly uniqueOpens: number;
  readonly clicks: number;
  readonly uniqueClicks: number;
  readonly bounces: number;
  readonly unsubscribes: number;
}

/** One part of a single send. Without a test there is one, of the variation and phase `all`. */
export interface SendPart {
  /** A UUID, or `all`. */
  readonly variation: string;
  readonly phase: 'test' | 'send' | 'all';
  readonly counts: SendCounts;
  /** Clicks by URL. */
  readonly links: Readonly<Record<string, number>>;
}

/** An A/B test. */
export interface AbTest {
  readonly type: 'subject' | 'content';
  readonly winnerCriteria: 'open' | 'click' | 'manual';
  readonly testPercentage: number;
  /** Such as `1d`. */
  readonly duration: string;
  readonly winningTemplateId: string;
  /** Epoch milliseconds; `undefined`: no winner is chosen. */
  readonly winnerSelectedAtMs: number | undefined;
}

/** A single send. */
export interface SingleSend {
  readonly id: string;
  readonly name: string;
  readonly subject: string;
  readonly status: 'draft' | 'scheduled' | 'triggered';
  readonly categories: readonly string[];
  /** Epoch milliseconds; `undefined` for a draft. */
  readonly sendAtMs: number | undefined;
  readonly createdAtMs: number;
  readonly abTest: AbTest | undefined;
  readonly parts: readonly SendPart[];
}

/** How the list shows a single send. The test is on the list alone. Source: OpenAPI of SendGrid. */
export function shownOnList(send: SingleSend): object {
  const { id, name, status, categories, sendAtMs, createdAtMs, abTest } = send;
  return {
    id,
    name,
    status,
    categories,
    send_at: timeText(sendAtMs),
    is_abtest: abTest !== undefined,
    abtest: abTest === undefined ? null : shownTest(abTest),
    updated_at: timeText(sendAtMs ?? createdAtMs),
    created_at: timeText(createdAtMs),
  };
}

function shownTest(test: AbTest): object {
  return {
    type: test.type,
    winner_criteria: test.winnerCriteria,
    test_percentage: test.testPercentage,
    duration: test.duration,
    winning_template_id: test.winningTemplateId,
    winner_selected_at: timeText(test.winnerSelectedAtMs),
    expiration_date: null,
  };
}

/** How the API shows a single send by its id: with one subject, whatever was tested. */
export function shownInDetail({
  id,
  name,
  subject,
  status,
  categories,
  sendAtMs,
  createdAtMs,
}: SingleSend): object {
  return {
    id,
    name,
    status,
    categories,
    send_at: timeText(sendAtMs),
    created_at: timeText(createdAtMs),
    updated_at: timeText(sendAtMs ?? createdAtMs),
    send_to: { list_ids: [], segment_ids: [], all: true },
    email_config: {
      subject,
      html_content: `<p>${subject}</p>`,
      plain_content: subject,
      generate_plain_content: true,
      editor: 'code',
      suppression_group_id: -1,
      custom_unsubscribe_url: 'https://www.example.com/unsubscribe',
      sender_id: 1,
      ip_pool: null,
    },
    warnings: [],
  };
}

function timeText(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
