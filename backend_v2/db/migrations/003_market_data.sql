CREATE TABLE bar_fetches (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    symbol VARCHAR(16) NOT NULL,
    timeframe VARCHAR(8) NOT NULL,
    range_start DATETIME NOT NULL,
    range_end DATETIME NOT NULL,
    bar_count INTEGER NOT NULL,
    fetched_at DATETIME NOT NULL,
    CONSTRAINT ck_bar_fetches_range CHECK (range_end >= range_start),
    CONSTRAINT ck_bar_fetches_bar_count CHECK (bar_count >= 0)
);

CREATE INDEX ix_bar_fetches_range ON bar_fetches (symbol, timeframe, range_start);

CREATE TABLE historical_bars (
    symbol VARCHAR(16) NOT NULL,
    timeframe VARCHAR(8) NOT NULL,
    starts_at DATETIME NOT NULL,
    open BIGINT NOT NULL,
    high BIGINT NOT NULL,
    low BIGINT NOT NULL,
    close BIGINT NOT NULL,
    volume BIGINT NOT NULL,
    trade_count BIGINT,
    vwap BIGINT,
    fetched_at DATETIME NOT NULL,
    CONSTRAINT pk_historical_bars PRIMARY KEY (symbol, timeframe, starts_at),
    CONSTRAINT ck_historical_bars_low_positive CHECK (low > 0),
    CONSTRAINT ck_historical_bars_high_is_highest CHECK (high >= low AND high >= open AND high >= close),
    CONSTRAINT ck_historical_bars_low_is_lowest CHECK (low <= open AND low <= close),
    CONSTRAINT ck_historical_bars_volume CHECK (volume >= 0),
    CONSTRAINT ck_historical_bars_trade_count CHECK (trade_count IS NULL OR trade_count >= 0)
);

CREATE TABLE latest_quotes (
    symbol VARCHAR(16) NOT NULL,
    bid BIGINT NOT NULL,
    ask BIGINT NOT NULL,
    bid_size BIGINT NOT NULL,
    ask_size BIGINT NOT NULL,
    quoted_at DATETIME NOT NULL,
    CONSTRAINT pk_latest_quotes PRIMARY KEY (symbol),
    CONSTRAINT ck_latest_quotes_bid CHECK (bid >= 0),
    CONSTRAINT ck_latest_quotes_ask CHECK (ask >= 0),
    CONSTRAINT ck_latest_quotes_sizes CHECK (bid_size >= 0 AND ask_size >= 0)
);

CREATE TABLE symbols (
    symbol VARCHAR(16) NOT NULL,
    name VARCHAR(200) NOT NULL,
    exchange VARCHAR(20) NOT NULL,
    asset_class VARCHAR(20) NOT NULL,
    tradable BOOLEAN NOT NULL,
    updated_at DATETIME NOT NULL,
    CONSTRAINT pk_symbols PRIMARY KEY (symbol),
    CONSTRAINT ck_symbols_symbol_upper CHECK (symbol = upper(symbol))
);

CREATE TABLE backtest_runs (
    id CHAR(32) NOT NULL,
    user_id CHAR(32) NOT NULL,
    symbol VARCHAR(16) NOT NULL,
    timeframe VARCHAR(8) NOT NULL,
    status VARCHAR(10) NOT NULL,
    parameters JSON NOT NULL,
    range_start DATETIME NOT NULL,
    range_end DATETIME NOT NULL,
    starting_cash BIGINT NOT NULL,
    ending_cash BIGINT,
    created_at DATETIME NOT NULL,
    finished_at DATETIME,
    CONSTRAINT pk_backtest_runs PRIMARY KEY (id),
    CONSTRAINT ck_backtest_runs_status CHECK (status IN ('pending', 'done', 'failed')),
    CONSTRAINT ck_backtest_runs_range CHECK (range_end >= range_start),
    CONSTRAINT ck_backtest_runs_starting_cash CHECK (starting_cash > 0),
    CONSTRAINT fk_backtest_runs_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX ix_backtest_runs_user_id ON backtest_runs (user_id);

CREATE TABLE backtest_trades (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    run_id CHAR(32) NOT NULL,
    side VARCHAR(4) NOT NULL,
    quantity BIGINT NOT NULL,
    price BIGINT NOT NULL,
    traded_at DATETIME NOT NULL,
    CONSTRAINT ck_backtest_trades_side CHECK (side IN ('buy', 'sell')),
    CONSTRAINT ck_backtest_trades_quantity CHECK (quantity > 0),
    CONSTRAINT ck_backtest_trades_price CHECK (price > 0),
    CONSTRAINT fk_backtest_trades_run_id FOREIGN KEY(run_id) REFERENCES backtest_runs (id) ON DELETE CASCADE
);

CREATE INDEX ix_backtest_trades_run_id ON backtest_trades (run_id);
