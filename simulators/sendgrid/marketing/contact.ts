import { createHash } from 'node:crypto';
import { type Customer, customerAt } from '../../customers.ts';

const dayMs = 86_400_000;

/** SendGrid's own columns, as an export has them. Source: the header of a real export, in Airbyte's tests. */
export const reservedColumns = [
  'EMAIL',
  'FIRST_NAME',
  'LAST_NAME',
  'ADDRESS_LINE_1',
  'ADDRESS_LINE_2',
  'CITY',
  'STATE_PROVINCE_REGION',
  'POSTAL_CODE',
  'COUNTRY',
  'ALTERNATE_EMAILS',
  'PHONE_NUMBER',
  'WHATSAPP',
  'LINE',
  'FACEBOOK',
  'UNIQUE_NAME',
  'CREATED_AT',
  'UPDATED_AT',
  'CONTACT_ID',
] as const;

type ReservedColumn = (typeof reservedColumns)[number];

/** The custom fields of the made-up account, with their types. */
export const customFields = {
  plan: 'Text',
  industry: 'Text',
  ltv: 'Number',
  orders: 'Number',
  days_since_signup: 'Number',
  days_since_order: 'Number',
  last_web_visit: 'Date',
} as const;

export type CustomField = keyof typeof customFields;

/** A contact: a made-up customer with an e-mail address. */
export interface Contact {
  readonly customer: Customer;
  /** What SendGrid's own columns have; an absent one is empty. */
  readonly reserved: Readonly<Partial<Record<ReservedColumn, string>>>;
  readonly custom: Readonly<Record<CustomField, string | number>>;
}

/** The contact of a number. The same one has the same values at each start, but for times, which count back from a time. */
export function contactAt(index: number, nowMs: number): Contact {
  const customer = customerAt(index);
  const [firstName = '', lastName = ''] = customer.name.split(' ');
  const dayText = (days: number): string => new Date(nowMs - days * dayMs).toISOString().slice(0, 10);
  return {
    customer,
    reserved: {
      EMAIL: customer.email,
      FIRST_NAME: firstName,
      LAST_NAME: lastName,
      CITY: customer.city,
      STATE_PROVINCE_REGION: customer.state,
      // Somebody who signed up by mail alone has not said where they live.
      COUNTRY: index % 37 === 36 ? '' : customer.country,
      UNIQUE_NAME: '',
      CREATED_AT: `${dayText(customer.daysSinceSignup)}T09:00:00Z`,
      UPDATED_AT: `${dayText(Math.min(customer.daysSinceSignup, 1))}T09:00:00Z`,
      CONTACT_ID: uuidOf(customer.userId),
    },
    custom: {
      plan: customer.plan,
      industry: customer.industry,
      ltv: customer.ltv,
      orders: customer.purchaseCount,
      days_since_signup: customer.daysSinceSignup,
      days_since_order: customer.daysSinceOrder,
      last_web_visit: dayText(customer.daysSinceWebVisit),
    },
  };
}

/** How the API shows a contact, with its custom fields apart. */
export function shownContact({ reserved, custom }: Contact): object {
  const { CONTACT_ID: id, ...others } = reserved;
  const own = Object.entries(others).map(([name, value]) => [name.toLowerCase(), value]);
  return { id, ...Object.fromEntries(own), alternate_emails: [], custom_fields: custom };
}

/** A line of a CSV export: each value in quotes, empty ones bare. */
export function csvLine({ reserved, custom }: Contact): string {
  const values = [
    ...reservedColumns.map((column) => reserved[column]),
    ...Object.keys(customFields).map((field) => custom[field as CustomField]),
  ];
  return `${values.map(quoted).join(',')}\n`;
}

/** The first line of a CSV export. */
export const csvHeader = `${[...reservedColumns, ...Object.keys(customFields)].map(quoted).join(',')}\n`;

function quoted(value: string | number | undefined): string {
  return value === undefined || value === '' ? '' : `"${String(value).replaceAll('"', '""')}"`;
}

/** The same at each start. */
export function uuidOf(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex');
  return hash.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
}
