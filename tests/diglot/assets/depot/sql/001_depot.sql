CREATE TABLE parts (
    id INTEGER NOT NULL,
    code VARCHAR(20) NOT NULL,
    price NUMERIC(10, 2) NOT NULL,
    active BOOLEAN NOT NULL DEFAULT 1,
    CONSTRAINT pk_parts PRIMARY KEY (id),
    CONSTRAINT uq_parts_code UNIQUE (code),
    CONSTRAINT ck_parts_price CHECK (price >= 0)
);
CREATE TABLE moves (
    id INTEGER NOT NULL,
    part_id INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    CONSTRAINT pk_moves PRIMARY KEY (id),
    CONSTRAINT fk_moves_part_id FOREIGN KEY (part_id) REFERENCES parts (id) ON DELETE CASCADE
);
CREATE INDEX ix_moves_part_id ON moves (part_id);
