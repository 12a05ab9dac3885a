CREATE TABLE email_challenges (
    id CHAR(32) NOT NULL,
    email VARCHAR(254) NOT NULL,
    purpose VARCHAR(20) NOT NULL,
    code_sha256 BLOB NOT NULL,
    attempts INTEGER NOT NULL,
    created_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL,
    verified_at DATETIME,
    CONSTRAINT pk_email_challenges PRIMARY KEY (id),
    CONSTRAINT ck_email_challenges_purpose CHECK (purpose IN ('verify_email', 'recover')),
    CONSTRAINT ck_email_challenges_attempts CHECK (attempts BETWEEN 0 AND 5),
    CONSTRAINT ck_email_challenges_lifetime CHECK (expires_at > created_at)
);

CREATE INDEX ix_email_challenges_email ON email_challenges (email);

CREATE INDEX ix_email_challenges_expires_at ON email_challenges (expires_at);

CREATE TABLE users (
    id CHAR(32) NOT NULL,
    user_handle BLOB NOT NULL,
    email VARCHAR(254) NOT NULL,
    display_name VARCHAR(100) NOT NULL,
    is_admin BOOLEAN NOT NULL,
    suspended_at DATETIME,
    created_at DATETIME NOT NULL,
    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT ck_users_email_lower CHECK (email = lower(email)),
    CONSTRAINT uq_users_user_handle UNIQUE (user_handle),
    CONSTRAINT uq_users_email UNIQUE (email)
);

CREATE TABLE backup_codes (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id CHAR(32) NOT NULL,
    code_hash BLOB NOT NULL,
    created_at DATETIME NOT NULL,
    used_at DATETIME,
    CONSTRAINT uq_backup_codes_user_id_code_hash UNIQUE (user_id, code_hash),
    CONSTRAINT fk_backup_codes_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX ix_backup_codes_user_id ON backup_codes (user_id);

CREATE TABLE bootstrap_tokens (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    token_sha256 BLOB NOT NULL,
    email VARCHAR(254) NOT NULL,
    issued_by CHAR(32),
    created_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL,
    redeemed_at DATETIME,
    redeemed_by CHAR(32),
    CONSTRAINT ck_bootstrap_tokens_lifetime CHECK (expires_at > created_at),
    CONSTRAINT uq_bootstrap_tokens_token_sha256 UNIQUE (token_sha256),
    CONSTRAINT fk_bootstrap_tokens_issued_by FOREIGN KEY(issued_by) REFERENCES users (id) ON DELETE SET NULL,
    CONSTRAINT fk_bootstrap_tokens_redeemed_by FOREIGN KEY(redeemed_by) REFERENCES users (id) ON DELETE SET NULL
);

CREATE INDEX ix_bootstrap_tokens_expires_at ON bootstrap_tokens (expires_at);

CREATE INDEX ix_bootstrap_tokens_issued_by ON bootstrap_tokens (issued_by);

CREATE INDEX ix_bootstrap_tokens_redeemed_by ON bootstrap_tokens (redeemed_by);

CREATE TABLE customer_sessions (
    id CHAR(32) NOT NULL,
    user_id CHAR(32) NOT NULL,
    token_sha256 BLOB NOT NULL,
    user_agent VARCHAR(255) NOT NULL,
    ip_address VARCHAR(45) NOT NULL,
    created_at DATETIME NOT NULL,
    last_seen_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL,
    absolute_expires_at DATETIME NOT NULL,
    revoked_at DATETIME,
    CONSTRAINT pk_customer_sessions PRIMARY KEY (id),
    CONSTRAINT ck_customer_sessions_lifetime CHECK (expires_at <= absolute_expires_at),
    CONSTRAINT fk_customer_sessions_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT uq_customer_sessions_token_sha256 UNIQUE (token_sha256)
);

CREATE INDEX ix_customer_sessions_expires_at ON customer_sessions (expires_at);

CREATE INDEX ix_customer_sessions_user_id ON customer_sessions (user_id);

CREATE TABLE login_attempts (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id CHAR(32),
    ip_address VARCHAR(45) NOT NULL,
    reason VARCHAR(100) NOT NULL,
    attempted_at DATETIME NOT NULL,
    CONSTRAINT fk_login_attempts_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX ix_login_attempts_address ON login_attempts (ip_address, attempted_at);

CREATE INDEX ix_login_attempts_user ON login_attempts (user_id, attempted_at);

CREATE INDEX ix_login_attempts_user_id ON login_attempts (user_id);

CREATE TABLE webauthn_challenges (
    id CHAR(32) NOT NULL,
    challenge BLOB NOT NULL,
    ceremony VARCHAR(20) NOT NULL,
    user_id CHAR(32),
    user_handle BLOB,
    email VARCHAR(254),
    display_name VARCHAR(100),
    created_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL,
    CONSTRAINT pk_webauthn_challenges PRIMARY KEY (id),
    CONSTRAINT ck_webauthn_challenges_ceremony CHECK (ceremony IN ('register', 'login')),
    CONSTRAINT ck_webauthn_challenges_lifetime CHECK (expires_at > created_at),
    CONSTRAINT uq_webauthn_challenges_challenge UNIQUE (challenge),
    CONSTRAINT fk_webauthn_challenges_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX ix_webauthn_challenges_expires_at ON webauthn_challenges (expires_at);

CREATE INDEX ix_webauthn_challenges_user_id ON webauthn_challenges (user_id);

CREATE TABLE webauthn_credentials (
    id CHAR(32) NOT NULL,
    user_id CHAR(32) NOT NULL,
    credential_id BLOB NOT NULL,
    public_key BLOB NOT NULL,
    sign_count BIGINT NOT NULL,
    backup_eligible BOOLEAN NOT NULL,
    backed_up BOOLEAN NOT NULL,
    aaguid CHAR(32) NOT NULL,
    transports JSON NOT NULL,
    name VARCHAR(100) NOT NULL,
    created_at DATETIME NOT NULL,
    last_used_at DATETIME,
    CONSTRAINT pk_webauthn_credentials PRIMARY KEY (id),
    CONSTRAINT ck_webauthn_credentials_sign_count CHECK (sign_count >= 0),
    CONSTRAINT ck_webauthn_credentials_backup CHECK (backup_eligible OR NOT backed_up),
    CONSTRAINT fk_webauthn_credentials_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT uq_webauthn_credentials_credential_id UNIQUE (credential_id)
);

CREATE INDEX ix_webauthn_credentials_user_id ON webauthn_credentials (user_id);
