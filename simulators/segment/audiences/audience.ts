/** An audience of a space. */
export interface Audience {
  /** Such as `aud_high_value`. */
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  /** In Segment's query language. */
  readonly query: string;
  readonly audienceType: 'USERS' | 'ACCOUNTS' | 'LINKED';
  readonly cadence: 'BATCH' | 'REALTIME';
  readonly status: string;
  /** `undefined`: not counted yet. */
  readonly size: number | undefined;
  /** Segment's own ids of some members: what a preview finds. */
  readonly members: readonly string[];
  /** Epoch milliseconds. */
  readonly updatedAtMs: number;
}

/** How the Public API shows an audience. Source: segmentio/public-api-sdk-typescript at API 73. */
export function shownAudience(audience: Audience, spaceId: string): object {
  const { id, key, name, description, enabled, query, audienceType, cadence, status, size } = audience;
  const updatedAt = new Date(audience.updatedAtMs).toISOString();
  return {
    id,
    spaceId,
    name,
    description,
    key,
    enabled,
    definition: { query },
    status,
    audienceType,
    computeCadence: { type: cadence },
    ...(size === undefined ? {} : { size: { count: size, type: sizeTypeOf(audience) } }),
    options: { filterByExternalIds: ['user_id', 'email', 'android.idfa', 'ios.idfa'] },
    createdBy: 'usr_local',
    updatedBy: 'usr_local',
    createdAt: '2025-03-04T10:00:00.000Z',
    updatedAt,
  };
}

export function sizeTypeOf({ audienceType }: Pick<Audience, 'audienceType'>): string {
  return audienceType === 'LINKED' ? 'ENTITIES' : audienceType;
}
