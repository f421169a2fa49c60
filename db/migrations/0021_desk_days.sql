-- What a desk came to since midnight, for the live statistics. A binary is over within a day: its id says enough.
create index trade_closed on trade (closed_at) where closed_at is not null;
