import type { core } from 'zod';

/** What `askMave` gives. `sources`, `personasUsed` and `validation` are passed on as Mavera sent them. */
export type AskMaveResult = {
  readonly messageId: string;
  readonly threadId: string;
  readonly content: string;
  readonly sources: readonly unknown[];
  readonly personasUsed: readonly unknown[];
  readonly validation?: unknown;
};

/** What `createPersona` and `updatePersona` give. */
export type PersonaResult = {
  readonly personaId: string;
  /** Absent where Mavera does not repeat the name. */
  readonly name?: string | undefined;
};

/** What `respondAs` gives: a string, or with the option `output` a value of that schema. */
export type RespondAsResult<Schema extends core.$ZodType | undefined = undefined> = [Schema] extends [
  core.$ZodType,
]
  ? { readonly responseId: string; readonly output: core.output<Schema> }
  : { readonly responseId: string; readonly text: string };

/** What `runFocusGroup` gives. Mavera does not document the members of a focus group. */
export type FocusGroupResult = {
  readonly focusGroupId?: string | undefined;
  readonly focusGroup: Readonly<Record<string, unknown>>;
};
