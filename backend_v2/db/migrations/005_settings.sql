CREATE TABLE onboarding_steps (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id CHAR(32) NOT NULL,
    step VARCHAR(40) NOT NULL,
    status VARCHAR(10) NOT NULL,
    updated_at DATETIME NOT NULL,
    CONSTRAINT uq_onboarding_steps_user_id_step UNIQUE (user_id, step),
    CONSTRAINT ck_onboarding_steps_status CHECK (status IN ('pending', 'done', 'skipped')),
    CONSTRAINT fk_onboarding_steps_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX ix_onboarding_steps_user_id ON onboarding_steps (user_id);

CREATE TABLE user_settings (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id CHAR(32) NOT NULL,
    time_zone VARCHAR(64) NOT NULL,
    locale VARCHAR(16) NOT NULL,
    preferences JSON NOT NULL,
    updated_at DATETIME NOT NULL,
    CONSTRAINT uq_user_settings_user_id UNIQUE (user_id),
    CONSTRAINT fk_user_settings_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE TABLE visual_feedback_settings (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id CHAR(32) NOT NULL,
    theme VARCHAR(10) NOT NULL,
    animations BOOLEAN NOT NULL,
    sounds BOOLEAN NOT NULL,
    flash_intensity INTEGER NOT NULL,
    updated_at DATETIME NOT NULL,
    CONSTRAINT ck_visual_feedback_settings_theme CHECK (theme IN ('light', 'dark', 'system')),
    CONSTRAINT ck_visual_feedback_settings_flash_intensity CHECK (flash_intensity BETWEEN 0 AND 100),
    CONSTRAINT uq_visual_feedback_settings_user_id UNIQUE (user_id),
    CONSTRAINT fk_visual_feedback_settings_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
