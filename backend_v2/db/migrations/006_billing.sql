CREATE TABLE billing_alert_configs (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    vendor VARCHAR(40) NOT NULL,
    threshold_minor BIGINT NOT NULL,
    currency VARCHAR(3) NOT NULL,
    enabled BOOLEAN NOT NULL,
    updated_at DATETIME NOT NULL,
    CONSTRAINT ck_billing_alert_configs_threshold CHECK (threshold_minor > 0),
    CONSTRAINT uq_billing_alert_configs_vendor UNIQUE (vendor)
);

CREATE TABLE vendor_billing_snapshots (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    vendor VARCHAR(40) NOT NULL,
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency VARCHAR(3) NOT NULL,
    source VARCHAR(10) NOT NULL,
    raw_sha256 VARCHAR(64),
    fetched_at DATETIME NOT NULL,
    CONSTRAINT uq_vendor_billing_snapshots_vendor_period_start UNIQUE (vendor, period_start),
    CONSTRAINT ck_vendor_billing_snapshots_source CHECK (source IN ('api', 'manual', 'derived')),
    CONSTRAINT ck_vendor_billing_snapshots_period CHECK (period_end >= period_start),
    CONSTRAINT ck_vendor_billing_snapshots_currency CHECK (currency = upper(currency) AND length(currency) = 3)
);

CREATE TABLE billing_alert_events (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    config_id INTEGER NOT NULL,
    snapshot_id INTEGER NOT NULL,
    amount_minor BIGINT NOT NULL,
    threshold_minor BIGINT NOT NULL,
    raised_at DATETIME NOT NULL,
    CONSTRAINT uq_billing_alert_events_config_id_snapshot_id UNIQUE (config_id, snapshot_id),
    CONSTRAINT fk_billing_alert_events_config_id FOREIGN KEY(config_id) REFERENCES billing_alert_configs (id) ON DELETE CASCADE,
    CONSTRAINT fk_billing_alert_events_snapshot_id FOREIGN KEY(snapshot_id) REFERENCES vendor_billing_snapshots (id) ON DELETE CASCADE
);

CREATE INDEX ix_billing_alert_events_config_id ON billing_alert_events (config_id);

CREATE INDEX ix_billing_alert_events_snapshot_id ON billing_alert_events (snapshot_id);

CREATE TABLE subscriptions (
    id CHAR(32) NOT NULL,
    user_id CHAR(32) NOT NULL,
    "plan" VARCHAR(40) NOT NULL,
    status VARCHAR(12) NOT NULL,
    current_period_start DATETIME NOT NULL,
    current_period_end DATETIME NOT NULL,
    cancelled_at DATETIME,
    updated_at DATETIME NOT NULL,
    CONSTRAINT pk_subscriptions PRIMARY KEY (id),
    CONSTRAINT ck_subscriptions_status CHECK (status IN ('trialing', 'active', 'past_due', 'cancelled')),
    CONSTRAINT ck_subscriptions_period CHECK (current_period_end > current_period_start),
    CONSTRAINT uq_subscriptions_user_id UNIQUE (user_id),
    CONSTRAINT fk_subscriptions_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
