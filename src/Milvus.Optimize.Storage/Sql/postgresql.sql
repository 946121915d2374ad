-- Everything that Milvus.Optimize.Actors keeps in PostgreSQL, version 1. It may be run again: what is there stays.
-- For those who let no service create tables: run it once as the owner, start the nodes with Milvus:Optimize:Storage:CreateSchema = false, and grant them
--   select, insert         on optimize_journal, optimize_deployment
--   select, insert, update on optimize_run, optimize_snapshot, optimize_api_key (its routes make and end keys, as milvus-optimize keys does)
--   delete                 on optimize_run, for whoever calls milvus-optimize runs rebuild
--   usage                  on sequence optimize_journal_ordering_seq
-- Nothing is ever deleted from optimize_journal: a deleted row is a number that a stale writer could use again.

create table if not exists optimize_journal (
  ordering bigint generated always as identity primary key,
  created bigint not null,
  deleted boolean not null,
  persistence_id text not null,
  sequence_number bigint not null,
  message bytea not null,
  manifest text,
  identifier integer,
  writer_uuid text,
  -- The fence: of two that believe to own a collection, one may write its next event.
  constraint optimize_journal_fence unique (persistence_id, sequence_number));

create table if not exists optimize_snapshot (
  persistence_id text not null,
  sequence_number bigint not null,
  created bigint not null,
  snapshot bytea,
  manifest text,
  serializer_id integer,
  primary key (persistence_id, sequence_number));

create table if not exists optimize_run (
  run_id text primary key,
  persistence_id text not null,
  cluster text not null,
  database_name text not null,
  collection text not null,
  done integer not null,
  revision bigint not null,
  sequence_nr bigint not null,
  started_at text not null,
  document text not null);
create index if not exists optimize_run_started on optimize_run (started_at);
drop index if exists optimize_run_history;
create index if not exists optimize_run_last on optimize_run (persistence_id, sequence_nr);
create index if not exists optimize_run_unfinished on optimize_run (persistence_id) where done = 0;
create index if not exists optimize_run_state on optimize_run ((cast(document as json) ->> 'state'), started_at);

create table if not exists optimize_deployment (
  only_one boolean primary key default true check (only_one),
  name text not null);

-- Who may call the nodes' management address. Of a key's secret there is a hash alone.
create table if not exists optimize_api_key (
  id text primary key,
  name text not null,
  hash text not null,
  role text not null,
  scope text not null,
  created_at text not null,
  expires_at text,
  revoked_at text);
