-- What the emulator stores. Instants are microseconds since 1970, UTC; points are whole millionths;
-- money is text that Decimal reads; documents are JSON. The world's fixed parts (keys, attributes,
-- programs, campaigns) stay in the world file and are not here.

CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- A profile that nothing but an audience has named is not visible yet.
CREATE TABLE profile (
    id INTEGER PRIMARY KEY,
    visible INTEGER NOT NULL,
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

-- AUTOINCREMENT: the id of an audience that was deleted never becomes that of another one.
CREATE TABLE audience (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    created INTEGER NOT NULL,
    name TEXT NOT NULL,
    integration TEXT NOT NULL DEFAULT '',
    integration_id TEXT,
    document TEXT NOT NULL DEFAULT '{}',
    UNIQUE (integration, integration_id)
);

CREATE TABLE membership (
    profile_id INTEGER NOT NULL REFERENCES profile (id),
    audience_id INTEGER NOT NULL REFERENCES audience (id),
    PRIMARY KEY (profile_id, audience_id)
) WITHOUT ROWID;
CREATE INDEX membership_by_audience ON membership (audience_id);

CREATE TABLE catalog (
    id INTEGER PRIMARY KEY,
    created INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE catalog_item (
    catalog_id INTEGER NOT NULL REFERENCES catalog (id),
    sku TEXT NOT NULL,
    price TEXT,
    attributes TEXT NOT NULL,
    product TEXT,
    PRIMARY KEY (catalog_id, sku)
) WITHOUT ROWID;

CREATE TABLE coupon (
    id INTEGER PRIMARY KEY,
    created INTEGER NOT NULL,
    campaign_id INTEGER NOT NULL,
    value TEXT NOT NULL UNIQUE,
    usage_limit INTEGER NOT NULL,
    reservation_limit INTEGER NOT NULL,
    mandatory INTEGER NOT NULL,
    visible INTEGER NOT NULL,
    recipient TEXT,
    starts INTEGER,
    expires INTEGER
);
CREATE INDEX coupon_for_all ON coupon (id) WHERE visible;

CREATE TABLE reservation (
    profile TEXT NOT NULL,
    coupon_id INTEGER NOT NULL REFERENCES coupon (id),
    created INTEGER NOT NULL,
    PRIMARY KEY (profile, coupon_id)
) WITHOUT ROWID;
CREATE INDEX reservation_by_coupon ON reservation (coupon_id, created, profile);

CREATE TABLE referral (
    id INTEGER PRIMARY KEY,
    created INTEGER NOT NULL,
    campaign_id INTEGER NOT NULL,
    code TEXT NOT NULL UNIQUE,
    advocate TEXT NOT NULL,
    friend TEXT,
    usage_limit INTEGER NOT NULL,
    starts INTEGER,
    expires INTEGER,
    attributes TEXT NOT NULL
);
CREATE INDEX referral_by_advocate ON referral (advocate, id);

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
CREATE INDEX spending_by_subtraction ON spending (subtraction_id);

-- Which session redeemed which code. Only closing a session makes one; taking the close back removes it.
CREATE TABLE redemption (
    kind TEXT NOT NULL,
    code_id INTEGER NOT NULL,
    campaign_id INTEGER NOT NULL,
    session_id INTEGER NOT NULL REFERENCES session (id),
    profile TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (kind, code_id, session_id)
) WITHOUT ROWID;
CREATE INDEX redemption_by_profile ON redemption (profile, kind, code_id);
CREATE INDEX redemption_by_session ON redemption (session_id);

-- What is used of the limits of campaigns, in whole millionths: by the number of the limit, for whom, and from when.
CREATE TABLE spent_budget (
    campaign_id INTEGER NOT NULL,
    limit_no INTEGER NOT NULL,
    entity TEXT NOT NULL,
    period INTEGER NOT NULL,
    used INTEGER NOT NULL,
    PRIMARY KEY (campaign_id, limit_no, entity, period)
) WITHOUT ROWID;

-- The codes of pools; one without a profile is still to be had. Pools with a pattern have those that they awarded.
CREATE TABLE giveaway (
    id INTEGER PRIMARY KEY,
    created INTEGER NOT NULL,
    pool_id INTEGER NOT NULL,
    code TEXT NOT NULL,
    starts INTEGER,
    expires INTEGER,
    profile TEXT,
    UNIQUE (pool_id, code)
);
CREATE INDEX giveaway_to_be_had ON giveaway (pool_id, id) WHERE profile IS NULL;
CREATE INDEX giveaway_by_profile ON giveaway (profile, id);

-- How far a customer came with an achievement, in whole millionths: a row for each time that it was begun.
CREATE TABLE progress (
    id INTEGER PRIMARY KEY,
    achievement_id INTEGER NOT NULL,
    profile TEXT NOT NULL,
    started INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    completed INTEGER
);
CREATE INDEX progress_by_profile ON progress (profile, achievement_id, id);
