import type { PartnerUpdate } from '../../schema/account.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Identity } from '../accounts/identity.ts';
import type { Backoffice } from '../backoffice/backoffice.ts';
import type { Logger } from '../log.ts';
import { toWire } from '../money.ts';
import { isRefusal, type Refusal } from '../refusal.ts';
import { type AgreementChange, changePartner, makePartner, type PartnerWish } from './acts.ts';
import { closeMonths, lastClosable } from './close-months.ts';
import type { PartnerId } from './commission.ts';
import { type Counted, countClosed } from './count.ts';
import { figuresOf } from './figures.ts';
import { monthFrom, openMonth } from './month.ts';
import { isPartnerStill, type Partner, partnersBefore, termsOf } from './partner.ts';
import { approveStatement, finishStatement, type PayAct, type PayDeps, payStatement } from './pay-statement.ts';
import { activeByRange, ofOneMoment } from './report-store.ts';
import type { StatementId } from './statement.ts';
import { findStatement, type Statement, unfinishedStatements } from './statement-store.ts';
import { Turns } from './turns.ts';

export interface PartnersDeps extends PayDeps {
  readonly backoffice: Pick<Backoffice, 'act'>;
  readonly log: Logger;
}

/** A report waits no longer for what is not counted yet. */
const REPORT_WAITS_MS = 2_000;
/** Logins and the cashier share the pool of ten connections with reports; with catching up these take half of it. */
const REPORTS = { atOnce: 3, waitsMs: 5_000 };

/**
 * Partners from their terms to their payout (DOMAIN 5). What their players do is counted from the ledger, months are
 * closed when they are over, and what is due is credited when two people have said so: a row first, then the money, and
 * `sweep` carries on what was cut off.
 */
export class Partners {
  /** Whoever makes a report takes turns: each page of one, by whose it is. */
  readonly reports = new Turns(REPORTS);
  readonly #deps: PartnersDeps;
  #counting: Promise<void> = Promise.resolve();
  #catchingUp: Promise<void> = Promise.resolve();
  #nextCatchUp: Promise<void> | undefined;

  constructor(deps: PartnersDeps) {
    this.#deps = deps;
  }

  /** See `makePartner`. */
  async make(by: Identity, wish: PartnerWish, accounts: Pick<Accounts, 'forgetUser'>): Promise<Partner | Refusal> {
    const made = await this.#deps.backoffice.act(by, (tx) => makePartner(tx, wish, this.#now()));
    if (!isRefusal(made)) accounts.forgetUser(made.userId);
    return made;
  }

  /** See `changePartner`. */
  change(by: Identity, id: PartnerId, change: AgreementChange, reason: string | undefined): Promise<Partner | Refusal> {
    const act = { by: by.userId, now: this.#now(), reason };
    return this.#deps.backoffice.act(by, (tx) => changePartner(tx, id, change, act));
  }

  /** See `approveStatement`; who has approved it gets it as it is now. */
  async approve(by: Identity, partner: PartnerId, id: StatementId, reason?: string): Promise<Statement | Refusal> {
    const act = { partner, id, by: by.userId, at: this.#now(), reason };
    const decided = await this.#deps.backoffice.act(by, (tx) => approveStatement(tx, act));
    if (!isRefusal(decided)) return decided;
    const statement = await this.#find(act);
    return statement?.approvedBy === by.userId ? statement : decided;
  }

  /**
   * See `payStatement`; who has paid it gets it as it is now. What is decided is decided: that the money follows is
   * certain, only not always at once.
   */
  async pay(by: Identity, partner: PartnerId, id: StatementId, reason?: string): Promise<Statement | Refusal> {
    const act = { partner, id, by: by.userId, at: this.#now(), reason };
    const decided = await this.#deps.backoffice.act(by, (tx) => payStatement(tx, act));
    if (isRefusal(decided) && (await this.#find(act))?.paidBy !== by.userId) return decided;
    await this.#finishLater(id);
    return (await this.#find(act)) ?? decided;
  }

  async #find({ partner, id }: Pick<PayAct, 'partner' | 'id'>): Promise<Statement | null> {
    const statement = await findStatement(this.#deps.database, id);
    return statement?.partnerId === partner ? statement : null;
  }

  /** Counts what the ledger has closed since the last time, and tells the partners who are there. */
  count(): Promise<void> {
    this.#counting = this.#counting
      .catch(() => undefined)
      .then(async () => this.#tell(await countClosed(this.#deps.database, this.#deps.signal)));
    return this.#counting;
  }

  /**
   * Before a report: what was closed until now is in it, unless there is very much of it. However many ask at once, one
   * is counting and one waits, so that reports never hold more than two of the pool's connections for it.
   */
  catchUp(): Promise<void> {
    this.#nextCatchUp ??= this.#catchingUp = this.#catchingUp
      .catch(() => undefined)
      .then(() => {
        this.#nextCatchUp = undefined;
        return this.#catchUp();
      });
    return this.#nextCatchUp;
  }

  async #catchUp(): Promise<void> {
    const signal = AbortSignal.any([this.#deps.signal, AbortSignal.timeout(REPORT_WAITS_MS)]);
    await this.#tell(await countClosed(this.#deps.database, signal));
  }

  /** Closes months that are over, and carries on whatever was cut off; what fails waits for the next sweep. */
  async sweep(): Promise<void> {
    const { database, clock, signal } = this.#deps;
    // First, and whatever else fails: this is money that was promised.
    for (const id of await unfinishedStatements(database)) if (!signal.aborted) await this.#finishLater(id);
    await this.count();
    const due = await partnersBefore(database, lastClosable(clock.now()));
    for (const id of due) if (!signal.aborted) await this.#closeLater(id);
  }

  async #closeLater(id: PartnerId): Promise<void> {
    await closeMonths(this.#deps.database, id, this.#deps.clock.now()).catch((error: unknown) => {
      this.#deps.log.error({ err: error, partner: id }, 'a month is left to the next sweep');
    });
  }

  async #finishLater(id: StatementId): Promise<void> {
    await finishStatement(this.#deps, id).catch((error: unknown) => {
      this.#deps.log.error({ err: error, statement: id }, 'a statement is left to the next sweep');
    });
  }

  /** `partner_update`: this month's figures so far, to who is a partner and whose own channel is open (S0-63). */
  async #tell(changed: readonly Counted[]): Promise<void> {
    const { database, channels, clock } = this.#deps;
    for (const { partnerId: id, userId } of changed) {
      if (!channels.reaches(userId)) continue;
      const month = await ofOneMoment(database, async (queries) => {
        if (!(await isPartnerStill(queries, id))) return null;
        const of = { partner: { id, userId }, terms: await termsOf(queries, id) };
        const open = await openMonth(queries, of, clock.now());
        const range = monthFrom(open.period);
        return { ...open, ...range, active: (await activeByRange(queries, id, [range])).get(0) ?? 0 };
      });
      if (month === null) continue;
      const { from, active, due, parts } = month;
      const { shown, betCount, earned } = figuresOf(parts);
      const { bets, payouts, ggr, ngr } = shown;
      channels.tell(userId, 'partner_update', {
        ...{ partnerId: id, from: new Date(from).toISOString(), betCount, active },
        ...{ bets: toWire(bets), payouts: toWire(payouts), ggr: toWire(ggr), ngr: toWire(ngr) },
        ...{ earned: toWire(earned), due: toWire(due) },
        timestamp: new Date(clock.now()).toISOString(),
      } satisfies PartnerUpdate);
    }
  }

  #now(): Date {
    return new Date(this.#deps.clock.now());
  }
}
