import assert from 'node:assert/strict';
import { dumpSchema } from '../../db/schema-dump.ts';
import { useDatabase } from '../support/database.ts';

describe('the dumped schema', () => {
  const database = useDatabase();

  it('S0-95 S0-97 shows every kind of change a migration can make', async () => {
    const admin = database.admin();
    const before = await dumpSchema(admin);
    assert.equal(await dumpSchema(admin), before, 'the same structure is the same text');
    const changes: [string, RegExp][] = [
      [
        `create type public.suit as enum ('spades', 'hearts')`,
        /create type public\.suit as enum \('spades', 'hearts'\);/,
      ],
      ['create domain public.paise as int8 check (value >= 0)', /create domain public\.paise as bigint .*>= 0/],
      ['create sequence public.ticket start 7', /create sequence public\.ticket as bigint start 7 /],
      [
        `create table public.probe (id int8 generated always as identity primary key,
           at timestamptz not null default now(), "order" public.suit, twice int8 generated always as (2) stored)`,
        /create table public\.probe \(\n {2}id bigint generated always as identity not null,\n.*"order" public\.suit,/s,
      ],
      ['alter table public.probe set (fillfactor = 42)', /^\) with \(fillfactor=42\);$/m],
      ['alter table public.probe add constraint late check (id > 0)', /constraint late CHECK \(id > 0\)/],
      [
        'create index probe_at on public.probe (at) where id > 5',
        /CREATE INDEX probe_at ON public\.probe .*WHERE \(id > 5\)/,
      ],
      ['create view public.probes as select id from public.probe', /create view public\.probes as\n\s+SELECT id/],
      [
        'create function public.f() returns trigger language plpgsql as $$ begin return null; end $$',
        /FUNCTION public\.f\(\)/,
      ],
      [
        'create trigger t after insert on public.probe execute function public.f()',
        /CREATE TRIGGER t AFTER INSERT ON public\.probe/,
      ],
      ['grant select on public.probe to croupier_app', /grant select on table public\.probe to croupier_app;/],
      [
        'grant update (at) on public.probe to croupier_app',
        /grant select, update \(at\) on table public\.probe to croupier_app;/,
      ],
    ];
    let last = before;
    for (const [change, shown] of changes) {
      assert.doesNotMatch(last, shown, change);
      await admin.query(change);
      last = await dumpSchema(admin);
      assert.match(last, shown, change);
    }
  });
});
