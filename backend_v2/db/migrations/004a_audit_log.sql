-- One of the two definitions of audit_log that were in use: it knows the user.
CREATE TABLE audit_log (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    occurred_at DATETIME NOT NULL,
    event VARCHAR(60) NOT NULL,
    user_id CHAR(32),
    ip_address VARCHAR(45),
    detail JSON,
    CONSTRAINT fk_audit_log_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE SET NULL
);

CREATE INDEX ix_audit_log_occurred_at ON audit_log (occurred_at);

CREATE INDEX ix_audit_log_user_id ON audit_log (user_id);
