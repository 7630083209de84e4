import { Refusal } from '../http/refusal.ts';

/** GUESS: the sentences. The form `{"detail": …}` is documented. */
const usualDetails: Readonly<Record<number, string>> = {
  400: 'Malformed request.',
  401: 'Authentication credentials were not provided.',
  403: 'You do not have permission to perform this action.',
  404: 'Not found.',
  405: 'Method not allowed.',
  413: 'Request body too large.',
  429: 'Request was throttled.',
  500: 'A server error occurred.',
};

/** `{"detail": …}`. Source: SegOps documentation, "Errors". */
export function detail(status: number, text = usualDetails[status] ?? 'Error.'): object {
  return { detail: text };
}

export function notFound(): Refusal {
  return new Refusal(404, detail(404));
}

/** `{"field": ["…"]}`. Source: SegOps documentation, "Errors". */
export function invalidField(field: string, text: string): Refusal {
  return new Refusal(400, { [field]: [text] });
}
