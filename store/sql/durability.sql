-- name: durability
-- What a COMMIT that has returned is worth. Anybody may count the replicas, only some may see more of them.
SELECT current_setting('fsync'), current_setting('synchronous_commit'),
       current_setting('synchronous_standby_names'), (SELECT count(*) FROM pg_stat_replication)
