-- What is open is found by the ledger's open positions. No index knows the status of a binary any more, so its end
-- changes nothing that is indexed: on a page with room for it, it is written without touching an index. Nobody looks
-- for a trade by the key that closed it.
drop index trade_unfinished;
drop index binary_trade_unfinished;
drop index trade_close_key;
create index trade_requested on trade (desk, id) where seq is null and refusal is null;
create index binary_trade_requested on binary_trade (desk, id) where seq is null and refusal is null;
alter table binary_trade set (fillfactor = 60);
