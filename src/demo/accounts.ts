import type { Database } from '../../db/pool.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Clock } from '../clock.ts';
import { uuid7 } from '../ids.ts';
import { DEFAULT_TERMS, type PartnerId } from '../partners/commission.ts';
import { addPartner } from '../partners/store.ts';
import { isRefusal } from '../refusal.ts';
import { creditWelcome, type DemoWallet } from './credits.ts';
import { DEMO_PARTNER, DEMO_PASSWORD, DEMO_PEOPLE, type DemoPerson, REFERRAL_CODE } from './people.ts';
import * as store from './store.ts';

export interface DemoAccountsDeps {
  readonly database: Database;
  readonly accounts: Pick<Accounts, 'create'>;
  readonly wallet: DemoWallet;
  readonly clock: Clock;
}

/**
 * Makes the demo's people who are missing, and credits every player who never had money: also one whose registration
 * was cut off before its credit. Idempotent; on every start but the first it is four quick queries.
 */
export async function ensureDemoAccounts(deps: DemoAccountsDeps): Promise<void> {
  const { database, wallet, clock } = deps;
  const everybody = [DEMO_PARTNER, ...DEMO_PEOPLE];
  const there = await store.existing(
    database,
    everybody.map(({ username }) => username),
  );
  const missing = (person: DemoPerson) => !there.has(person.username);
  // The partner first: others are referred by a code that must be known.
  if (missing(DEMO_PARTNER)) await create(deps, DEMO_PARTNER);
  const partner = await store.setReferralCode(database, DEMO_PARTNER.username, REFERRAL_CODE);
  const createdAt = new Date(clock.now());
  const id = uuid7<PartnerId>(createdAt.getTime());
  await addPartner(database, { ...DEFAULT_TERMS, id, userId: partner, createdAt });
  await Promise.all(DEMO_PEOPLE.filter(missing).map((person) => create(deps, person)));
  for (const player of await store.playersWithoutMoney(database)) await creditWelcome(wallet, clock, player);
}

async function create({ accounts }: DemoAccountsDeps, { username, role, referred }: DemoPerson): Promise<void> {
  const referralCode = referred ? REFERRAL_CODE : undefined;
  const answer = await accounts.create({ username, password: DEMO_PASSWORD, referralCode }, role);
  if (isRefusal(answer)) throw new Error(`the demo account ${username} was refused: ${answer.message}`);
}
