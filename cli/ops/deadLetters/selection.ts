import type { Command } from 'commander';
import { OperatorError } from '../operatorError.ts';
import { collectRunIdPrefixes } from '../options/runIdPrefix.ts';
import { parseTriggerName } from '../options/triggerName.ts';
import type { Output } from '../output.ts';
import { type DeadLetter, triggerOf } from './deadLetter.ts';

/** Which dead letters to select. */
export interface SelectionOptions {
  readonly all?: true;
  readonly reason?: string;
  readonly trigger?: string;
}

/** Adds the argument and options that select dead letters. */
export function addSelection(command: Command): Command {
  return command
    .argument('[run...]', 'run ids, or the first 6 or more characters of them', collectRunIdPrefixes)
    .option('--all', 'all dead letters')
    .option('--reason <reason>', 'those with this reason, as `dead-letters list` shows it')
    .option('--trigger <name>', 'those of this trigger, or of its pull', parseTriggerName);
}

/** Decides which dead letters are selected, and remembers which named runs had one. */
export class Selection {
  readonly #prefixes: readonly string[];
  readonly #options: SelectionOptions;
  readonly #met = new Set<string>();
  /** Of all letters: a name that none has may be misspelt. */
  readonly #reasons = new Set<string>();
  readonly #triggers = new Set<string>();

  /** @throws OperatorError if it is not clear which to select */
  constructor(prefixes: readonly string[], options: SelectionOptions) {
    const hasFilter = options.reason !== undefined || options.trigger !== undefined;
    const ways = [prefixes.length > 0, hasFilter, options.all === true].filter((isGiven) => isGiven);
    if (ways.length !== 1) {
      throw new OperatorError(
        'Say which dead letters: run ids, or --reason and --trigger, or --all. ' +
          '`npm run ops -- dead-letters list` shows them.',
      );
    }
    this.#prefixes = prefixes;
    this.#options = options;
  }

  has(letter: DeadLetter): boolean {
    const { message, reason } = letter;
    const { all, trigger } = this.#options;
    this.#reasons.add(reason);
    this.#triggers.add(triggerOf(letter) ?? 'none');
    if (this.#prefixes.length > 0) {
      const named = this.#prefixes.filter((prefix) => message?.runId.startsWith(prefix));
      for (const prefix of named) {
        this.#met.add(prefix);
      }
      return named.length > 0;
    }
    return (
      all === true ||
      ((this.#options.reason === undefined || this.#options.reason === reason) &&
        (trigger === undefined || trigger === triggerOf(letter)))
    );
  }

  /** Why no dead letter was selected. */
  whyNone(): string {
    if (this.#reasons.size === 0) {
      return 'There are no dead letters';
    }
    const { reason, trigger } = this.#options;
    const found = [
      ...(reason === undefined ? [] : [`reasons ${[...this.#reasons].toSorted().join(', ')}`]),
      ...(trigger === undefined ? [] : [`triggers ${[...this.#triggers].toSorted().join(', ')}`]),
    ];
    return `No dead letter matches; there are the ${found.join(' and the ')}`;
  }

  /** Notes each named run that had no dead letter. @returns whether there was any */
  tellMissed(output: Output, flags: string): boolean {
    const missed = this.#prefixes.filter((prefix) => !this.#met.has(prefix));
    for (const prefix of missed) {
      output.note(
        `There is no dead letter of run ${prefix}: see \`npm run ops -- dead-letters list${flags}\`.`,
      );
    }
    return missed.length > 0;
  }
}
