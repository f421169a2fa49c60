-- A desk whose prices come from another feed than before has trades that nothing ends any more, as prices of two feeds
-- are no gain. Their margins can be given back while there are prices: what was opened at these is spared.
alter table desk_void add column spared_feed text;
