create table if not exists optimize_run (
  run_id text primary key,
  persistence_id text not null,
  cluster text not null,
  database_name text not null,
  collection text not null,
  done integer not null,
  revision integer not null,
  sequence_nr integer not null,
  started_at text not null,
  document text not null);
create index if not exists optimize_run_started on optimize_run (started_at);
drop index if exists optimize_run_history;
create index if not exists optimize_run_last on optimize_run (persistence_id, sequence_nr);
create index if not exists optimize_run_unfinished on optimize_run (persistence_id) where done = 0;
create index if not exists optimize_run_state on optimize_run (json_extract(document, '$.state'), started_at);
