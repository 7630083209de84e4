/** Webhooks (Actions). Source: `destinations/webhook/index.ts` and `metadata.json` of segmentio/action-destinations. */
export const webhooksMetadataId = '614a3c7d791c91c41bae7599';

/** The action "Send". Source: public exports of workspaces. */
export const sendActionId = 'nFPnRozhz1mh4Gbx4MLvT5';

/**
 * The answer of `GET /catalog/destinations/{id}` for Webhooks (Actions). The members of options and fields come from the
 * types of segmentio/public-api-sdk-typescript, which have no values. GUESS: descriptions, ids of fields, types in upper
 * case, and the default trigger of the action. Logos, categories and the like are left out.
 *
 * @param offersWholeBodySignature whether this workspace has the newer setting "Use X-Segment-Signature Header"
 */
export function webhooksMetadata(offersWholeBodySignature: boolean): object {
  return {
    id: webhooksMetadataId,
    name: 'Webhooks (Actions)',
    slug: 'actions-webhook',
    description: 'Posts events to a URL.',
    status: 'PUBLIC',
    options: [sharedSecret, ...(offersWholeBodySignature ? [useSegmentSignatureHeader] : [])],
    actions: [
      {
        id: sendActionId,
        slug: 'send',
        name: 'Send',
        description: 'Send an HTTP request.',
        platform: 'CLOUD',
        hidden: false,
        defaultTrigger: 'event = ""',
        fields: sendFields.map(completed),
      },
    ],
    presets: [],
  };
}

const sharedSecret = {
  name: 'sharedSecret',
  type: 'password',
  required: false,
  label: 'Shared Secret',
  description: 'If set, requests are signed with it.',
};

const useSegmentSignatureHeader = {
  name: 'useSegmentSignatureHeader',
  type: 'boolean',
  required: false,
  defaultValue: false,
  label: 'Use X-Segment-Signature Header',
  description: 'Signs everything that is sent, in X-Segment-Signature in place of X-Signature.',
};

interface Field {
  readonly fieldKey: string;
  readonly label: string;
  readonly type: string;
  readonly required?: true;
  readonly multiple?: true;
  readonly hidden?: true;
  readonly defaultValue?: unknown;
  readonly choices?: readonly object[];
}

const sendFields: readonly Field[] = [
  { fieldKey: 'url', label: 'URL', type: 'STRING', required: true },
  {
    fieldKey: 'method',
    label: 'Method',
    type: 'STRING',
    required: true,
    defaultValue: 'POST',
    choices: ['POST', 'PUT', 'PATCH'].map((method) => ({ label: method, value: method })),
  },
  { fieldKey: 'batch_size', label: 'Batch Size', type: 'NUMBER', defaultValue: 0 },
  { fieldKey: 'headers', label: 'Headers', type: 'OBJECT' },
  { fieldKey: 'data', label: 'Data', type: 'OBJECT', defaultValue: { '@path': '$.' } },
  {
    fieldKey: 'batch_keys',
    label: 'Batch Keys',
    type: 'STRING',
    multiple: true,
    hidden: true,
    defaultValue: ['url', 'method', 'headers'],
  },
  { fieldKey: 'enable_batching', label: 'Enable Batching', type: 'BOOLEAN' },
];

function completed(field: Field, index: number): object {
  return {
    id: `local-${field.fieldKey}`,
    sortOrder: index,
    description: field.label,
    required: false,
    multiple: false,
    hidden: false,
    dynamic: false,
    allowNull: false,
    ...field,
  };
}
