/** A persona in the list. Mavera's own ones are read-only and have no details. */
export interface ListedPersona {
  readonly id: string;
  readonly object: 'persona';
  readonly name: string;
  readonly category: string;
  readonly description: string;
  readonly is_custom: boolean;
  readonly is_expert: boolean;
  /** Unix seconds. */
  readonly created_at: number;
}

/** Stand-ins for the global personas, which every account has. */
export const globalPersonas: readonly ListedPersona[] = [
  {
    id: 'clx0000000001genz00000000',
    object: 'persona',
    name: 'Gen Z Consumer',
    category: 'Generational',
    description: 'Digital native, values authenticity, discovers products on video platforms.',
    is_custom: false,
    is_expert: false,
    created_at: 1_706_745_600,
  },
  {
    id: 'clx0000000002millennial00',
    object: 'persona',
    name: 'Millennial Parent',
    category: 'Generational',
    description: 'Short of time, compares reviews before buying, loyal once convinced.',
    is_custom: false,
    is_expert: false,
    created_at: 1_706_745_600,
  },
  {
    id: 'clx0000000003saascmo00000',
    object: 'persona',
    name: 'B2B SaaS Buyer',
    category: 'IndustrySpecific',
    description: 'Heads a team of ten, signs for software up to a limit, asks for proof early.',
    is_custom: false,
    is_expert: true,
    created_at: 1_706_745_600,
  },
];
