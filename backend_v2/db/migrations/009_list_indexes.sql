CREATE INDEX ix_users_list ON users (created_at, id);

CREATE INDEX ix_audit_log_list ON audit_log (user_id, id);

CREATE INDEX ix_backtest_runs_list ON backtest_runs (user_id, created_at, id);

CREATE INDEX ix_paper_orders_list ON paper_orders (account_id, created_at, id);

CREATE INDEX ix_vendor_billing_snapshots_list ON vendor_billing_snapshots (period_start, id);

CREATE INDEX ix_support_tickets_list ON support_tickets (user_id, created_at, id);

CREATE INDEX ix_support_tickets_queue ON support_tickets (created_at, id);

DROP INDEX ix_audit_log_user_id;

DROP INDEX ix_backtest_runs_user_id;

DROP INDEX ix_paper_orders_account_id;

DROP INDEX ix_support_tickets_user_id;
