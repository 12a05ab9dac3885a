CREATE TABLE marketing_contacts (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    email VARCHAR(254) NOT NULL,
    source VARCHAR(40) NOT NULL,
    opted_out BOOLEAN NOT NULL,
    created_at DATETIME NOT NULL,
    opted_out_at DATETIME,
    CONSTRAINT uq_marketing_contacts_email UNIQUE (email)
);

CREATE TABLE postmark_deliveries (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    message_id VARCHAR(100) NOT NULL,
    recipient VARCHAR(254) NOT NULL,
    message_stream VARCHAR(100) NOT NULL,
    tag VARCHAR(100),
    payload JSON NOT NULL,
    delivered_at DATETIME NOT NULL,
    received_at DATETIME NOT NULL,
    CONSTRAINT uq_postmark_deliveries_message_id_recipient UNIQUE (message_id, recipient)
);

CREATE INDEX ix_postmark_deliveries_received_at ON postmark_deliveries (received_at);

CREATE TABLE status_events (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    provider_event_id VARCHAR(100) NOT NULL,
    component VARCHAR(100) NOT NULL,
    status VARCHAR(20) NOT NULL,
    summary VARCHAR(255) NOT NULL,
    payload JSON NOT NULL,
    occurred_at DATETIME NOT NULL,
    received_at DATETIME NOT NULL,
    CONSTRAINT ck_status_events_status CHECK (status IN ('operational', 'degraded', 'partial_outage', 'major_outage', 'maintenance')),
    CONSTRAINT uq_status_events_provider_event_id UNIQUE (provider_event_id)
);

CREATE INDEX ix_status_events_occurred_at ON status_events (occurred_at);

CREATE TABLE support_customer_map (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    email VARCHAR(254) NOT NULL,
    user_id CHAR(32) NOT NULL,
    created_at DATETIME NOT NULL,
    CONSTRAINT uq_support_customer_map_email UNIQUE (email),
    CONSTRAINT fk_support_customer_map_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX ix_support_customer_map_user_id ON support_customer_map (user_id);

CREATE TABLE support_tickets (
    id CHAR(32) NOT NULL,
    user_id CHAR(32),
    requester_email VARCHAR(254) NOT NULL,
    subject VARCHAR(255) NOT NULL,
    status VARCHAR(10) NOT NULL,
    created_at DATETIME NOT NULL,
    updated_at DATETIME NOT NULL,
    CONSTRAINT pk_support_tickets PRIMARY KEY (id),
    CONSTRAINT ck_support_tickets_status CHECK (status IN ('open', 'pending', 'closed')),
    CONSTRAINT fk_support_tickets_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE SET NULL
);

CREATE INDEX ix_support_tickets_requester_email ON support_tickets (requester_email);

CREATE INDEX ix_support_tickets_user_id ON support_tickets (user_id);

CREATE TABLE postmark_inbound_messages (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    message_id VARCHAR(100) NOT NULL,
    from_email VARCHAR(254) NOT NULL,
    to_email VARCHAR(254) NOT NULL,
    subject VARCHAR(998) NOT NULL,
    payload JSON NOT NULL,
    ticket_id CHAR(32),
    received_at DATETIME NOT NULL,
    CONSTRAINT uq_postmark_inbound_messages_message_id UNIQUE (message_id),
    CONSTRAINT fk_postmark_inbound_messages_ticket_id FOREIGN KEY(ticket_id) REFERENCES support_tickets (id) ON DELETE SET NULL
);

CREATE INDEX ix_postmark_inbound_messages_received_at ON postmark_inbound_messages (received_at);

CREATE INDEX ix_postmark_inbound_messages_ticket_id ON postmark_inbound_messages (ticket_id);

CREATE TABLE support_messages (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    ticket_id CHAR(32) NOT NULL,
    author_id CHAR(32),
    direction VARCHAR(8) NOT NULL,
    body TEXT NOT NULL,
    provider_message_id VARCHAR(100),
    in_reply_to VARCHAR(255),
    created_at DATETIME NOT NULL,
    CONSTRAINT ck_support_messages_direction CHECK (direction IN ('inbound', 'outbound')),
    CONSTRAINT fk_support_messages_ticket_id FOREIGN KEY(ticket_id) REFERENCES support_tickets (id) ON DELETE CASCADE,
    CONSTRAINT fk_support_messages_author_id FOREIGN KEY(author_id) REFERENCES users (id) ON DELETE SET NULL,
    CONSTRAINT uq_support_messages_provider_message_id UNIQUE (provider_message_id)
);

CREATE INDEX ix_support_messages_author_id ON support_messages (author_id);

CREATE INDEX ix_support_messages_ticket_id ON support_messages (ticket_id);
