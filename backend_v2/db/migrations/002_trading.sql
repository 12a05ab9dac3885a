CREATE TABLE paper_accounts (
    id CHAR(32) NOT NULL,
    user_id CHAR(32) NOT NULL,
    name VARCHAR(100) NOT NULL,
    currency VARCHAR(3) NOT NULL,
    cash BIGINT NOT NULL,
    starting_cash BIGINT NOT NULL,
    created_at DATETIME NOT NULL,
    CONSTRAINT pk_paper_accounts PRIMARY KEY (id),
    CONSTRAINT uq_paper_accounts_user_id_name UNIQUE (user_id, name),
    CONSTRAINT ck_paper_accounts_cash CHECK (cash >= 0),
    CONSTRAINT ck_paper_accounts_starting_cash CHECK (starting_cash > 0),
    CONSTRAINT fk_paper_accounts_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX ix_paper_accounts_user_id ON paper_accounts (user_id);

CREATE TABLE strategies (
    id CHAR(32) NOT NULL,
    user_id CHAR(32) NOT NULL,
    name VARCHAR(100) NOT NULL,
    kind VARCHAR(40) NOT NULL,
    parameters JSON NOT NULL,
    created_at DATETIME NOT NULL,
    updated_at DATETIME NOT NULL,
    CONSTRAINT pk_strategies PRIMARY KEY (id),
    CONSTRAINT uq_strategies_user_id_name UNIQUE (user_id, name),
    CONSTRAINT fk_strategies_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX ix_strategies_user_id ON strategies (user_id);

CREATE TABLE paper_orders (
    id CHAR(32) NOT NULL,
    account_id CHAR(32) NOT NULL,
    client_order_id VARCHAR(64) NOT NULL,
    symbol VARCHAR(16) NOT NULL,
    side VARCHAR(4) NOT NULL,
    kind VARCHAR(8) NOT NULL,
    status VARCHAR(16) NOT NULL,
    quantity BIGINT NOT NULL,
    filled_quantity BIGINT NOT NULL,
    limit_price BIGINT,
    stop_price BIGINT,
    replaces_id CHAR(32),
    created_at DATETIME NOT NULL,
    updated_at DATETIME NOT NULL,
    CONSTRAINT pk_paper_orders PRIMARY KEY (id),
    CONSTRAINT uq_paper_orders_account_id_client_order_id UNIQUE (account_id, client_order_id),
    CONSTRAINT ck_paper_orders_side CHECK (side IN ('buy', 'sell')),
    CONSTRAINT ck_paper_orders_kind CHECK (kind IN ('market', 'limit', 'stop')),
    CONSTRAINT ck_paper_orders_status CHECK (status IN ('open', 'filled', 'cancelled', 'replaced', 'rejected')),
    CONSTRAINT ck_paper_orders_quantity CHECK (quantity > 0),
    CONSTRAINT ck_paper_orders_filled_quantity CHECK (filled_quantity >= 0 AND filled_quantity <= quantity),
    CONSTRAINT ck_paper_orders_limit_price CHECK (limit_price IS NULL OR limit_price > 0),
    CONSTRAINT ck_paper_orders_stop_price CHECK (stop_price IS NULL OR stop_price > 0),
    CONSTRAINT ck_paper_orders_kind_price CHECK ((kind = 'limit') = (limit_price IS NOT NULL) AND (kind = 'stop') = (stop_price IS NOT NULL)),
    CONSTRAINT fk_paper_orders_account_id FOREIGN KEY(account_id) REFERENCES paper_accounts (id) ON DELETE CASCADE,
    CONSTRAINT fk_paper_orders_replaces_id FOREIGN KEY(replaces_id) REFERENCES paper_orders (id) ON DELETE SET NULL
);

CREATE INDEX ix_paper_orders_account_id ON paper_orders (account_id);

CREATE INDEX ix_paper_orders_replaces_id ON paper_orders (replaces_id);

CREATE INDEX ix_paper_orders_symbol ON paper_orders (symbol);

CREATE TABLE paper_positions (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    account_id CHAR(32) NOT NULL,
    symbol VARCHAR(16) NOT NULL,
    quantity BIGINT NOT NULL,
    average_cost BIGINT NOT NULL,
    realised_profit BIGINT NOT NULL,
    updated_at DATETIME NOT NULL,
    CONSTRAINT uq_paper_positions_account_id_symbol UNIQUE (account_id, symbol),
    CONSTRAINT ck_paper_positions_quantity CHECK (quantity >= 0),
    CONSTRAINT ck_paper_positions_average_cost CHECK (average_cost >= 0),
    CONSTRAINT fk_paper_positions_account_id FOREIGN KEY(account_id) REFERENCES paper_accounts (id) ON DELETE CASCADE
);

CREATE INDEX ix_paper_positions_account_id ON paper_positions (account_id);

CREATE TABLE trading_runtime (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    strategy_id CHAR(32) NOT NULL,
    account_id CHAR(32) NOT NULL,
    state VARCHAR(10) NOT NULL,
    version INTEGER NOT NULL,
    started_at DATETIME,
    heartbeat_at DATETIME,
    updated_at DATETIME NOT NULL,
    CONSTRAINT ck_trading_runtime_state CHECK (state IN ('stopped', 'running', 'paused')),
    CONSTRAINT ck_trading_runtime_version CHECK (version >= 1),
    CONSTRAINT uq_trading_runtime_strategy_id UNIQUE (strategy_id),
    CONSTRAINT fk_trading_runtime_strategy_id FOREIGN KEY(strategy_id) REFERENCES strategies (id) ON DELETE CASCADE,
    CONSTRAINT fk_trading_runtime_account_id FOREIGN KEY(account_id) REFERENCES paper_accounts (id) ON DELETE CASCADE
);

CREATE INDEX ix_trading_runtime_account_id ON trading_runtime (account_id);

CREATE TABLE paper_fills (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    order_id CHAR(32) NOT NULL,
    quantity BIGINT NOT NULL,
    price BIGINT NOT NULL,
    filled_at DATETIME NOT NULL,
    CONSTRAINT ck_paper_fills_quantity CHECK (quantity > 0),
    CONSTRAINT ck_paper_fills_price CHECK (price > 0),
    CONSTRAINT fk_paper_fills_order_id FOREIGN KEY(order_id) REFERENCES paper_orders (id) ON DELETE CASCADE
);

CREATE INDEX ix_paper_fills_order_id ON paper_fills (order_id);
