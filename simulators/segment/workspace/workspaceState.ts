import { randomBytes } from 'node:crypto';
import { type AudienceOptions, AudienceSpaces } from '../audiences/audienceSpaces.ts';
import type { WorkspaceSource } from './workspaceSource.ts';

/** A destination with its unmasked secret. */
export interface StoredDestination {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly sourceId: string;
  readonly metadataId: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A mapping. */
export interface StoredSubscription {
  readonly id: string;
  readonly name: string;
  readonly actionId: string;
  readonly destinationId: string;
  readonly enabled: boolean;
  readonly trigger: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** The state of a workspace. */
export class WorkspaceState {
  readonly sources: readonly WorkspaceSource[];
  readonly destinations = new Map<string, StoredDestination>();
  readonly subscriptions = new Map<string, StoredSubscription>();
  readonly spaces: AudienceSpaces;

  constructor(sources: readonly WorkspaceSource[], audiences: AudienceOptions = {}) {
    this.sources = sources;
    this.spaces = new AudienceSpaces(audiences);
  }

  subscriptionsOf(destinationId: string): readonly StoredSubscription[] {
    return [...this.subscriptions.values()].filter((one) => one.destinationId === destinationId);
  }

  addDestination(given: Omit<StoredDestination, 'id'>): StoredDestination {
    const destination = { ...given, id: newId() };
    this.destinations.set(destination.id, destination);
    return destination;
  }

  /** Settings are merged by key. GUESS: a PATCH of settings replaces only the keys that it names. */
  changeDestination(
    id: string,
    change: Partial<Omit<StoredDestination, 'id'>>,
  ): StoredDestination | undefined {
    const found = this.destinations.get(id);
    if (found === undefined) {
      return undefined;
    }
    const changed = { ...found, ...change, settings: { ...found.settings, ...change.settings } };
    this.destinations.set(id, changed);
    return changed;
  }

  /** With its mappings. @returns whether it was there */
  removeDestination(id: string): boolean {
    for (const subscription of this.subscriptionsOf(id)) {
      this.subscriptions.delete(subscription.id);
    }
    return this.destinations.delete(id);
  }

  addSubscription(given: Omit<StoredSubscription, 'id'>): StoredSubscription {
    const subscription = { ...given, id: newId() };
    this.subscriptions.set(subscription.id, subscription);
    return subscription;
  }

  /** The settings of a mapping are replaced as a whole. GUESS. */
  changeSubscription(
    id: string,
    change: Partial<Omit<StoredSubscription, 'id'>>,
  ): StoredSubscription | undefined {
    const found = this.subscriptions.get(id);
    if (found === undefined) {
      return undefined;
    }
    const changed = { ...found, ...change };
    this.subscriptions.set(id, changed);
    return changed;
  }
}

function newId(): string {
  return randomBytes(11).toString('hex');
}
