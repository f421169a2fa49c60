import type { UserId } from '../ids.ts';

/** What two accounts have in common. What it is exactly, an address or a reference, is not told. */
export type LinkKind = 'shared-address' | 'referral' | 'payment-reference';

/** Two accounts that somebody might hold together; `one` is the lower id. */
export interface Link {
  readonly one: UserId;
  readonly other: UserId;
  readonly by: readonly LinkKind[];
}

/** An account, and something that others may have as well: an address, a payment reference. */
export interface Trait {
  readonly userId: UserId;
  readonly trait: string;
}

export interface LinkFacts {
  readonly addresses: readonly Trait[];
  readonly references: readonly Trait[];
  readonly referrals: readonly { readonly userId: UserId; readonly referredBy: UserId }[];
}

/** What more accounts than this have in common, such as the address of a mobile network, links none of them. */
const CROWD = 20;

/** Every two accounts that have something in common. */
export function linksAmong({ addresses, references, referrals }: LinkFacts): readonly Link[] {
  const links = new Map<string, { one: UserId; other: UserId; by: Set<LinkKind> }>();
  const link = (first: UserId, second: UserId, kind: LinkKind) => {
    if (first === second) return;
    const [one, other] = first < second ? [first, second] : [second, first];
    links.getOrInsertComputed(`${one} ${other}`, () => ({ one, other, by: new Set() })).by.add(kind);
  };
  for (const [first, second] of pairsBy(addresses)) link(first, second, 'shared-address');
  for (const { userId, referredBy } of referrals) link(userId, referredBy, 'referral');
  for (const [first, second] of pairsBy(references)) link(first, second, 'payment-reference');
  return [...links.values()].map(({ one, other, by }) => ({ one, other, by: [...by] }));
}

function* pairsBy(traits: readonly Trait[]): Generator<readonly [UserId, UserId]> {
  for (const having of Map.groupBy(traits, ({ trait }) => trait).values()) {
    const users = [...new Set(having.map(({ userId }) => userId))];
    if (users.length > CROWD) continue;
    for (const [index, first] of users.entries()) {
      for (const second of users.slice(index + 1)) yield [first, second];
    }
  }
}
