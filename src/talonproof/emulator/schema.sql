-- What the emulator stores. Instants are microseconds since 1970, UTC; points are whole millionths;
-- money is text that Decimal reads; documents are JSON. The world's fixed parts (keys, attributes,
-- programs) stay in the world file and are not here.

CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE profile (
    id INTEGER PRIMARY KEY,
    integration_id TEXT NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    last_activity INTEGER NOT NULL,
    closed_sessions INTEGER NOT NULL DEFAULT 0,
    total_sales TEXT NOT NULL DEFAULT '0',
    attributes TEXT NOT NULL DEFAULT '{}'
);

CREATE TABLE session (
    id INTEGER PRIMARY KEY,
    application_id INTEGER NOT NULL,
    integration_id TEXT NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    profile TEXT NOT NULL,
    state TEXT NOT NULL,
    first INTEGER NOT NULL,
    document TEXT NOT NULL,
    UNIQUE (application_id, integration_id)
);
CREATE INDEX session_by_profile ON session (profile, id);

CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    application_id INTEGER NOT NULL,
    created INTEGER NOT NULL,
    type TEXT NOT NULL,
    profile TEXT NOT NULL,
    session TEXT NOT NULL,
    document TEXT NOT NULL
);

CREATE TABLE return (
    id INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL REFERENCES session (id),
    event_id INTEGER NOT NULL REFERENCES event (id),
    created INTEGER NOT NULL,
    items TEXT NOT NULL
);
CREATE INDEX return_by_session ON return (session_id, id);

CREATE TABLE audience (id INTEGER PRIMARY KEY, name TEXT NOT NULL);

CREATE TABLE membership (
    profile_id INTEGER NOT NULL REFERENCES profile (id),
    audience_id INTEGER NOT NULL REFERENCES audience (id),
    PRIMARY KEY (profile_id, audience_id)
) WITHOUT ROWID;

CREATE TABLE catalog_item (
    catalog_id INTEGER NOT NULL,
    sku TEXT NOT NULL,
    price TEXT,
    PRIMARY KEY (catalog_id, sku)
) WITHOUT ROWID;

CREATE TABLE coupon (
    id INTEGER PRIMARY KEY,
    value TEXT NOT NULL UNIQUE,
    campaign_id INTEGER NOT NULL,
    usage_limit INTEGER NOT NULL,
    created INTEGER NOT NULL
);

CREATE TABLE card (
    id INTEGER PRIMARY KEY,
    program_id INTEGER NOT NULL,
    identifier TEXT NOT NULL,
    created INTEGER NOT NULL,
    status TEXT NOT NULL,
    UNIQUE (program_id, identifier)
);

CREATE TABLE registration (
    card_id INTEGER NOT NULL REFERENCES card (id),
    profile TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (card_id, profile)
) WITHOUT ROWID;

-- The owner is the integration id of a profile, or the identifier of a card, as the program has it.
CREATE TABLE entry (
    id INTEGER PRIMARY KEY,
    program_id INTEGER NOT NULL,
    owner TEXT NOT NULL,
    subledger TEXT NOT NULL,
    type TEXT NOT NULL,
    origin TEXT NOT NULL,
    created INTEGER NOT NULL,
    starts INTEGER,
    expires INTEGER,
    amount INTEGER NOT NULL,
    name TEXT NOT NULL,
    session TEXT NOT NULL DEFAULT ''
);
CREATE INDEX entry_by_owner ON entry (program_id, owner, created, id);

-- Which addition a subtraction took its points from, and when.
CREATE TABLE spending (
    addition_id INTEGER NOT NULL REFERENCES entry (id),
    subtraction_id INTEGER NOT NULL REFERENCES entry (id),
    created INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (addition_id, subtraction_id)
) WITHOUT ROWID;
