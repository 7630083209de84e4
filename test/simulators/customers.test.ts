import { describe, expect, it } from 'vitest';
import { customerAt } from '../../simulators/customers.ts';
import { people } from '../../simulators/people.ts';

const customers = Array.from({ length: 2_000 }, (_none, index) => customerAt(index));

describe('the made-up customers', () => {
  it('begin with the people of the examples', () => {
    expect(customers.slice(0, people.length)).toMatchObject(people);
  });

  it('are the same each time, and all different', () => {
    expect(customerAt(1_234)).toEqual(customerAt(1_234));
    expect(new Set(customers.map(({ userId }) => userId)).size).toBe(customers.length);
    expect(new Set(customers.map(({ email }) => email)).size).toBe(customers.length);
  });

  it('are made from their number alone, however large', () => {
    expect(customerAt(5_000_000)).toMatchObject({ userId: 'u_5100000' });
  });

  it.each(['plan', 'industry', 'engagementTier', 'churnRisk'] as const)(
    'have several values of %s, of which none is rare',
    (field) => {
      const counts = new Map<string, number>();
      for (const customer of customers) {
        counts.set(customer[field], (counts.get(customer[field]) ?? 0) + 1);
      }
      expect(counts.size).toBeGreaterThanOrEqual(3);
      expect(Math.min(...counts.values())).toBeGreaterThan(50);
    },
  );

  it('have a state in the USA and Canada alone', () => {
    const placed = customers.slice(people.length);
    expect(placed.every(({ state, country }) => (state !== '') === ['US', 'CA'].includes(country))).toBe(
      true,
    );
  });

  it('never ordered before they signed up', () => {
    expect(customers.every(({ daysSinceOrder, daysSinceSignup }) => daysSinceOrder <= daysSinceSignup)).toBe(
      true,
    );
  });
});
