/** Where somebody meets the made-up company. */
export type PersonChannel = 'web' | 'ios' | 'android' | 'email' | 'server';

/** A made-up customer. The simulators of Segment and SegOps know the same ones, and so do the examples. */
export interface Person {
  /** In lower case, as Segment finds it. */
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly plan: 'free' | 'trial' | 'starter' | 'basic' | 'professional' | 'enterprise';
  /** Lifetime value in dollars. */
  readonly ltv: number;
  readonly city: string;
  /** ISO 3166, two letters. */
  readonly country: string;
  readonly channels: readonly PersonChannel[];
}

/** One a line: user id, name, plan, lifetime value, city, country, channels. */
const table = `
u_1001 | Dana Fictional    | trial        |     0   | Berlin       | DE | web email
u_1002 | Noor Imagined     | trial        |     0   | Utrecht      | NL | web
u_1003 | Pat Pretend       | enterprise   | 36000   | Chicago      | US | web server email
u_1004 | Robin Unreal      | basic        |    49   | Porto        | PT | ios
u_1005 | Alex Invention    | professional |  2310   | Toronto      | CA | web ios email
u_1006 | Mika Fable        | professional |  5890   | Helsinki     | FI | web server
u_1007 | Jo Makebelieve    | starter      |   190   | Dublin       | IE | web email
u_1008 | Vera Example      | professional |  1440   | Vienna       | AT | web email server
u_1009 | Omar Sample       | professional |   980   | Marseille    | FR | web android
u_1010 | Tess Placeholder  | professional |  4820   | Denver       | US | web email ios
u_1011 | Ivo Mockup        | enterprise   | 52000   | Zagreb       | HR | web server email
u_1012 | Lena Draft        | basic        |   720   | Gothenburg   | SE | web
u_1013 | Ravi Template     | basic        |   960.5 | Pune         | IN | web android email
u_1014 | Amy Specimen      | starter      |    19   | Leeds        | GB | web
u_1015 | Paul Dummy        | basic        |   441   | Lyon         | FR | web email
u_1016 | Grace Hypothesis  | enterprise   | 18250   | Boston       | US | web server email ios
u_1017 | Sam Invented      | professional |  3150   | Austin       | US | web email
u_1018 | Kim Madeup        | trial        |     0   | Seoul        | KR | web android
u_1019 | Bo Phantom        | trial        |     0   | Aarhus       | DK | web
u_1020 | Iris Mirage       | professional |  2875   | Madrid       | ES | web email
u_1021 | Theo Legend       | starter      |   228   | Athens       | GR | ios email
u_1022 | Ada Myth          | professional |  6400   | Oslo         | NO | web server
u_1023 | Max Nonesuch      | basic        |   450   | Hamburg      | DE | web email
u_1024 | Lee Nobody        | professional |  1999   | Vancouver    | CA | web
u_1025 | Ella Anyone       | free         |     0   | Turin        | IT | web android
u_1026 | Finn Whoever      | starter      |    57   | Bergen       | NO | web
u_1027 | Zoe Someone       | basic        |   512   | Ghent        | BE | web email
u_1029 | Ken Whatsit       | starter      |   171   | Osaka        | JP | ios android
u_1030 | Mia Somebody      | professional |  2050   | Sydney       | AU | android web email
u_1031 | Hugo Fiction      | basic        |   360   | Warsaw       | PL | web
u_1032 | Nina Novel        | starter      |   310   | Lisbon       | PT | web email
u_1033 | Emil Saga         | professional |  7720   | Zurich       | CH | web server email
u_1034 | Cleo Story        | free         |     0   | Rotterdam    | NL | ios
u_1035 | Art Tale          | professional |  1260   | Prague       | CZ | web server
u-1001 | Jane Letter       | professional |  3340   | Portland     | US | email web
u-1002 | Ana Postcard      | starter      |   132   | Bilbao       | ES | email
`;

/** Three dozen customers. */
export const people: readonly Person[] = table.trim().split('\n').map(personOf);

function personOf(line: string): Person {
  const [userId = '', name = '', plan = '', ltv = '', city = '', country = '', channels = ''] = line
    .split('|')
    .map((cell) => cell.trim());
  return {
    userId,
    name,
    email: `${name.toLowerCase().replace(' ', '.')}@example.com`,
    plan: plan as Person['plan'],
    ltv: Number(ltv),
    city,
    country,
    channels: channels.split(' ') as readonly PersonChannel[],
  };
}
