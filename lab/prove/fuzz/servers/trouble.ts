import type { ServerResponse } from 'node:http';

/** Ways in which a server can fail its caller. */
export const troubles = [
  'well',
  'fails',
  'refuses',
  'is no AWS',
  'is cut off',
  'is garbled',
  'answers nothing',
  'answers oddly',
  'hangs up',
  'is silent',
] as const;

export type Trouble = (typeof troubles)[number];

type Answer = readonly [status: number, body: string, type?: string];

/** What each of them answers instead of JSON; the others answer nothing. */
const answers: Readonly<Partial<Record<Trouble, (json: string) => Answer>>> = {
  well: (json) => [200, json],
  fails: () => [500, '{"__type":"com.amazonaws#InternalServerError","message":"odd"}'],
  refuses: () => [400, '{"__type":"com.amazonaws#ValidationException","message":"odd"}'],
  'is no AWS': () => [502, '<html><body>Bad Gateway</body></html>', 'text/html'],
  'is cut off': (json) => [200, `${json.slice(0, -2)}%`],
  'is garbled': (json) => [200, json.replaceAll(':"', ':')],
  'answers nothing': () => [200, ''],
  'answers oddly': (json) => [200, oddAnswer(json)],
};

/** Answers a call of AWS's JSON protocol with trouble; `content` is what the answer would have been. */
export function answerWith(trouble: Trouble, response: ServerResponse, content: object): void {
  const answer = answers[trouble]?.(JSON.stringify(content));
  if (answer !== undefined) {
    const [status, body, type = 'application/x-amz-json-1.0'] = answer;
    response.writeHead(status, { 'content-type': type }).end(body);
  } else if (trouble === 'hangs up') {
    response.destroy();
  }
}

/** The same members, with values of other types. */
function oddAnswer(json: string): string {
  return json === '{}' ? '[]' : json.replace(/\[.*\]/s, '{"0":null}').replace(/:"/g, ':5,"');
}
