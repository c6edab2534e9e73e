/**
 * Who watches which cluster (domain/ownership.ts). All times are epoch ms of the database's clock. `cluster_lease` changes only with an owner: the
 * heartbeat of an agent stands in its own row, so that who writes samples and holds the lease's row meanwhile delays no heartbeat.
 */
export const OWNERSHIP = (): string => `
  CREATE TABLE agent (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    home TEXT COLLATE "C" NOT NULL,
    version TEXT NOT NULL,
    url TEXT,
    started_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    steady_since BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    leaving SMALLINT NOT NULL,
    -- It left, or others took over: it never comes back under this id.
    dead SMALLINT NOT NULL,
    out_of_reach TEXT NOT NULL
  );

  -- Rows are never deleted: a fence that began anew would let a late writer of long ago in.
  CREATE TABLE cluster_lease (
    cluster TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    owner TEXT COLLATE "C",
    fence BIGINT NOT NULL,
    since BIGINT NOT NULL,
    promised_to TEXT COLLATE "C"
  );

  -- The clusters of the settings of each agent, by the agent's name; those added at run time stand in \`cluster\`.
  CREATE TABLE cluster_declaration (
    cluster TEXT COLLATE "C" NOT NULL,
    agent_name TEXT COLLATE "C" NOT NULL,
    definition TEXT NOT NULL,
    declared_at BIGINT NOT NULL,
    PRIMARY KEY (cluster, agent_name)
  );

  -- What an agent tells the owner of a cluster; read for a minute.
  CREATE TABLE notice (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    sender TEXT NOT NULL,
    cluster TEXT COLLATE "C" NOT NULL,
    kind TEXT NOT NULL,
    about TEXT NOT NULL
  );
  CREATE INDEX notice_at ON notice (at);

  INSERT INTO hpa_watch_lock (name) VALUES ('ownership') ON CONFLICT (name) DO NOTHING;
`;
