-- What a desk came to since midnight, for the live statistics.
create index trade_closed on trade (closed_at) where closed_at is not null;
create index binary_trade_settled on binary_trade (settled_at) where settled_at is not null;
