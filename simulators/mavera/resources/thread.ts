import type { MaveComplexity, MavePhase } from './maveAnswer.ts';

export interface ThreadMessage {
  readonly id: string;
  readonly role: 'user' | 'assistant';
  readonly content: string;
  readonly persona: { readonly id: string; readonly name: string } | null;
  /** ISO 8601. */
  readonly created_at: string;
}

/** A conversation with Mave in the account. */
export interface Thread {
  readonly id: string;
  readonly title: string;
  readonly phase: MavePhase;
  readonly complexity: MaveComplexity;
  readonly creditsUsed: number;
  readonly workspaceId: string;
  readonly messages: readonly ThreadMessage[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The `mave_thread` object of the list. */
export interface ThreadObject {
  readonly id: string;
  readonly object: 'mave_thread';
  readonly title: string;
  readonly current_phase: string;
  readonly complexity: string | null;
  readonly credits_used: number;
  readonly workspace_id: string;
  readonly message_count: number;
  readonly created_at: string;
  readonly updated_at: string;
}

/** The `mave_thread` object of one thread, with its messages. */
export interface ThreadDetails extends ThreadObject {
  readonly messages: readonly ThreadMessage[];
  readonly sources: readonly MaveSource[];
  readonly personas_used: readonly {
    readonly id: string;
    readonly name: string;
    readonly category: string;
  }[];
}

interface MaveSource {
  readonly id: string;
  readonly title: string;
  readonly url: string;
  readonly snippet: string;
  readonly source_type: 'web' | 'news' | 'seo' | 'knowledge_base';
  readonly domain: string;
}

/** The sources of every simulated answer. */
export const maveSources: readonly MaveSource[] = [
  {
    id: 'clx0000000011source000000',
    title: 'How customers decide to stay',
    url: 'https://research.example.com/retention',
    snippet: 'Customers who see a result within a day are far more likely to stay.',
    source_type: 'web',
    domain: 'research.example.com',
  },
  {
    id: 'clx0000000012source000000',
    title: 'Pricing pages that work',
    url: 'https://news.example.org/pricing-pages',
    snippet: 'Three plans, one recommended, no surprises.',
    source_type: 'news',
    domain: 'news.example.org',
  },
];

export function threadObject(thread: Thread): ThreadObject {
  return {
    id: thread.id,
    object: 'mave_thread',
    title: thread.title,
    current_phase: thread.phase,
    complexity: thread.complexity,
    credits_used: thread.creditsUsed,
    workspace_id: thread.workspaceId,
    message_count: thread.messages.length,
    created_at: thread.createdAt,
    updated_at: thread.updatedAt,
  };
}
