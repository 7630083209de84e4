/** Webhooks (Actions). Source: `destinations/webhook/index.ts` and `metadata.json` of segmentio/action-destinations. */
export const webhooksMetadataId = '614a3c7d791c91c41bae7599';

/** The action "Send". Source: public exports of workspaces. */
export const sendActionId = 'nFPnRozhz1mh4Gbx4MLvT5';

/**
 * What `GET /catalog/destinations/{id}` says of Webhooks (Actions). GUESS: which members of options and fields there are
 * beside names, types and defaults.
 *
 * @param offersWholeBodySignature whether this workspace has the newer setting "Use X-Segment-Signature Header"
 */
export function webhooksMetadata(offersWholeBodySignature: boolean): object {
  const options = [
    { name: 'sharedSecret', label: 'Shared Secret', type: 'password', required: false, defaultValue: '' },
    ...(offersWholeBodySignature
      ? [
          {
            name: 'useSegmentSignatureHeader',
            label: 'Use X-Segment-Signature Header',
            type: 'boolean',
            required: false,
            defaultValue: false,
          },
        ]
      : []),
  ];
  const field = (fieldKey: string, type: string, required: boolean, defaultValue?: unknown): object => ({
    fieldKey,
    type,
    required,
    defaultValue,
  });
  return {
    id: webhooksMetadataId,
    name: 'Webhooks (Actions)',
    slug: 'actions-webhook',
    options,
    actions: [
      {
        id: sendActionId,
        slug: 'send',
        name: 'Send',
        defaultTrigger: 'event = ""',
        fields: [
          field('url', 'string', true),
          field('method', 'string', true, 'POST'),
          field('batch_size', 'number', false, 0),
          field('headers', 'object', false),
          field('data', 'object', false, { '@path': '$.' }),
          field('enable_batching', 'boolean', false),
        ],
      },
    ],
  };
}
