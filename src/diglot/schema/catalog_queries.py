"""The one statement that reads a catalogue, for Postgres 14 to 18 and any role: what belongs to tables.

Each part selects `grp, kind, tab, name, facts`: the oid of the relation that it belongs to (0 where that does not
matter), the three parts of an ObjectId, and a JSON object of texts. Comments are joined, not asked for with
`obj_description`, which runs a statement of its own for each object. `to_jsonb(row) ->> 'column'` reads a column that
some versions do not have.
"""

SETTINGS = """
SET LOCAL search_path = pg_catalog, pg_temp;
SET LOCAL timezone = 'UTC';
SET LOCAL datestyle = 'ISO, YMD';
SET LOCAL intervalstyle = 'postgres';
SET LOCAL extra_float_digits = 1;
SET LOCAL bytea_output = 'hex';
SET LOCAL quote_all_identifiers = off;
SET LOCAL jit = off;
"""

# What a project makes has an oid from 16384 on: the ones below are Postgres's own.
SHARED = """
me AS MATERIALIZED (
    SELECT datdba AS owner FROM pg_database WHERE datname = current_database()
), member AS MATERIALIZED (
    SELECT classid, objid FROM pg_depend WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
), space AS MATERIALIZED (
    SELECT n.oid, n.nspname, n.nspowner, n.nspacl,
        CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END AS prefix
    FROM pg_namespace n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
), relation AS MATERIALIZED (
    SELECT c.*, s.prefix || CASE WHEN c.relname LIKE '%.%' THEN quote_ident(c.relname) ELSE c.relname END AS name,
        hashtextextended(c.xmin::text || c.ctid::text, 1) AS stamp
    FROM pg_class c JOIN space s ON s.oid = c.relnamespace
    WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
        AND c.oid NOT IN (SELECT m.objid FROM member m WHERE m.classid = 'pg_class'::regclass)
        AND (:among)
), version_table AS MATERIALIZED (
    SELECT c.oid FROM relation c
    WHERE c.relkind = 'r' AND (c.relname = 'alembic_version' OR c.relnatts = 1 AND EXISTS (
        SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = 1 AND a.attname = 'version_num'))
), own AS MATERIALIZED (
    SELECT c.* FROM relation c WHERE c.oid NOT IN (SELECT oid FROM version_table)
)
"""

TABLES = """
SELECT c.oid AS grp, 'table' AS kind, '' AS tab, c.name, json_build_object(
    'kind', CASE c.relkind WHEN 'p' THEN 'partitioned table' WHEN 'f' THEN 'foreign table' ELSE 'table' END,
    'persistence', CASE c.relpersistence WHEN 'u' THEN 'unlogged' ELSE 'permanent' END,
    'row security', CASE WHEN c.relrowsecurity THEN 'on' ELSE 'off' END
        || CASE WHEN c.relforcerowsecurity THEN ', forced' ELSE '' END,
    'options', (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(c.reloptions) AS o),
    'toast options', (SELECT string_agg(o, ', ' ORDER BY o)
        FROM pg_class AS toast, unnest(toast.reloptions) AS o WHERE toast.oid = c.reltoastrelid),
    'access method', am.amname,
    'tablespace', ts.spcname,
    'inherits', CASE WHEN NOT c.relispartition AND c.oid IN (SELECT inhrelid FROM pg_inherits) THEN (
        SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno)
        FROM pg_inherits i WHERE i.inhrelid = c.oid) END,
    'partition of', CASE WHEN c.relispartition THEN (
        SELECT i.inhparent::regclass || ' ' || pg_get_expr(c.relpartbound, c.oid)
        FROM pg_inherits i WHERE i.inhrelid = c.oid) END,
    'partition key', CASE c.relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END,
    'replica identity', CASE c.relreplident WHEN 'n' THEN 'nothing' WHEN 'f' THEN 'full' WHEN 'i' THEN 'index' END,
    'of type', CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END,
    'server', fs.srvname,
    'server options', (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(ft.ftoptions) AS o),
    'owner', CASE WHEN c.relowner <> me.owner THEN pg_get_userbyid(c.relowner) END,
    'comment', d.description) AS facts
FROM own c CROSS JOIN me
LEFT JOIN pg_am am ON am.oid = c.relam
LEFT JOIN pg_tablespace ts ON ts.oid = c.reltablespace
LEFT JOIN pg_foreign_table ft ON ft.ftrelid = c.oid
LEFT JOIN pg_foreign_server fs ON fs.oid = ft.ftserver
LEFT JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = 0
WHERE c.relkind IN ('r', 'p', 'f')
"""

COLUMNS = """
SELECT c.oid, 'column', c.name, a.attname, json_build_object(
    'type', format_type(a.atttypid, a.atttypmod),
    'nullable', CASE WHEN a.attnotnull THEN 'no' ELSE 'yes' END,
    'default', CASE a.attgenerated WHEN '' THEN pg_get_expr(ad.adbin, ad.adrelid) END,
    'generated', CASE WHEN a.attgenerated <> '' THEN pg_get_expr(ad.adbin, ad.adrelid)
        || CASE a.attgenerated WHEN 's' THEN ' stored' ELSE ' virtual' END END,
    'identity', CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END,
    'collation', co.collname,
    'position', row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum),
    'storage', CASE WHEN a.attstorage <> t.typstorage THEN
        CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main' ELSE 'extended' END END,
    'compression', CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END,
    'statistics', nullif(a.attstattarget, -1),
    'options', (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(a.attoptions || a.attfdwoptions) AS o),
    'inherited', CASE WHEN a.attinhcount > 0 AND NOT c.relispartition THEN
        CASE WHEN a.attislocal THEN 'yes, and its own' ELSE 'yes' END END,
    'comment', d.description)
FROM own c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum
LEFT JOIN pg_collation co ON co.oid = a.attcollation
LEFT JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = a.attnum
WHERE c.relkind IN ('r', 'p', 'f')
"""

# Postgres 18 keeps each NOT NULL as a constraint; the column's `nullable` says it, unless there is more to say.
CONSTRAINTS = """
SELECT c.oid, 'constraint', c.name, k.conname, json_build_object(
    'kind', CASE k.contype WHEN 'c' THEN 'check' WHEN 'f' THEN 'foreign key' WHEN 'p' THEN 'primary key'
        WHEN 'u' THEN 'unique' WHEN 'x' THEN 'exclusion' ELSE 'not null' END,
    'definition', regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', ''),
    'validated', CASE WHEN k.contype IN ('c', 'f', 'n') THEN CASE WHEN k.convalidated THEN 'yes' ELSE 'no' END END,
    'tablespace', ts.spcname,
    'clustered', CASE WHEN x.indisclustered THEN 'yes' END,
    'replica identity', CASE WHEN x.indisreplident THEN 'yes' END,
    'inherited', CASE WHEN k.coninhcount > 0 AND NOT c.relispartition THEN
        CASE WHEN k.conislocal THEN 'yes, and its own' ELSE 'yes' END END,
    'comment', d.description)
FROM own c JOIN pg_constraint k ON k.conrelid = c.oid
LEFT JOIN pg_index x ON x.indexrelid = k.conindid AND k.contype IN ('p', 'u', 'x')
LEFT JOIN pg_class xc ON xc.oid = x.indexrelid
LEFT JOIN pg_tablespace ts ON ts.oid = xc.reltablespace
LEFT JOIN pg_description d ON d.classoid = 'pg_constraint'::regclass AND d.objoid = k.oid
WHERE k.contype IN ('c', 'f', 'p', 'u', 'x') OR k.contype = 'n' AND (NOT k.convalidated OR k.connoinherit)
"""

INDEXES = """
SELECT c.oid, 'index', c.name, i.relname, json_build_object(
    'definition', replace(pg_get_indexdef(i.oid), ' INDEX ' || quote_ident(i.relname) || ' ON ', ' INDEX ON '),
    'valid', CASE WHEN x.indisvalid AND x.indisready AND x.indislive THEN 'yes' ELSE 'no' END,
    'tablespace', ts.spcname,
    'clustered', CASE WHEN x.indisclustered THEN 'yes' END,
    'replica identity', CASE WHEN x.indisreplident THEN 'yes' END,
    'statistics', (SELECT string_agg(a.attnum || ': ' || a.attstattarget, ', ' ORDER BY a.attnum)
        FROM pg_attribute a WHERE a.attrelid = i.oid AND a.attstattarget >= 0),
    'partition of', CASE WHEN i.relispartition THEN (
        SELECT h.inhparent::regclass::text FROM pg_inherits h WHERE h.inhrelid = i.oid) END,
    'comment', d.description)
FROM own c JOIN pg_index x ON x.indrelid = c.oid JOIN pg_class i ON i.oid = x.indexrelid
LEFT JOIN pg_tablespace ts ON ts.oid = i.reltablespace
LEFT JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = i.oid AND d.objsubid = 0
WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.oid AND k.contype IN ('p', 'u', 'x'))
"""

TRIGGERS = """
SELECT c.oid, 'trigger', c.name, t.tgname, json_build_object(
    'definition', replace(pg_get_triggerdef(t.oid), ' TRIGGER ' || quote_ident(t.tgname) || ' ', ' TRIGGER '),
    'enabled', CASE t.tgenabled WHEN 'O' THEN 'yes' WHEN 'D' THEN 'no' WHEN 'R' THEN 'replica' ELSE 'always' END,
    'comment', d.description)
FROM own c JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal
LEFT JOIN pg_description d ON d.classoid = 'pg_trigger'::regclass AND d.objoid = t.oid
"""

POLICIES = """
SELECT 0::oid, 'policy', c.name, p.polname, json_build_object(
    'command', CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
        WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
    'permissive', CASE WHEN p.polpermissive THEN 'yes' ELSE 'no' END,
    'roles', (SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(r) END, ', '
        ORDER BY CASE r WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(r) END) FROM unnest(p.polroles) AS r),
    'using', pg_get_expr(p.polqual, p.polrelid),
    'with check', pg_get_expr(p.polwithcheck, p.polrelid),
    'comment', d.description)
FROM own c JOIN pg_policy p ON p.polrelid = c.oid
LEFT JOIN pg_description d ON d.classoid = 'pg_policy'::regclass AND d.objoid = p.oid
"""

RULES = """
SELECT 0::oid, 'rule', c.name, r.rulename, json_build_object(
    'definition', replace(pg_get_ruledef(r.oid), 'CREATE RULE ' || quote_ident(r.rulename) || ' AS', 'CREATE RULE AS'),
    'enabled', CASE r.ev_enabled WHEN 'O' THEN 'yes' WHEN 'D' THEN 'no' WHEN 'R' THEN 'replica' ELSE 'always' END,
    'comment', d.description)
FROM own c JOIN pg_rewrite r ON r.ev_class = c.oid AND r.rulename <> '_RETURN'
LEFT JOIN pg_description d ON d.classoid = 'pg_rewrite'::regclass AND d.objoid = r.oid
"""

STATISTICS = """
SELECT c.oid, 'statistics', c.name, st.stxname, json_build_object(
    'definition', replace(pg_get_statisticsobjdef(st.oid),
        'STATISTICS ' || quote_ident(sn.nspname) || '.' || quote_ident(st.stxname) || ' ', 'STATISTICS '),
    'schema', CASE WHEN st.stxnamespace <> c.relnamespace THEN sn.nspname END,
    'target', nullif(to_jsonb(st) ->> 'stxstattarget', '-1'),
    'comment', d.description)
FROM own c JOIN pg_statistic_ext st ON st.stxrelid = c.oid JOIN pg_namespace sn ON sn.oid = st.stxnamespace
LEFT JOIN pg_description d ON d.classoid = 'pg_statistic_ext'::regclass AND d.objoid = st.oid
"""

VIEWS = """
SELECT 0::oid, 'view', '', c.name, json_build_object(
    'kind', CASE c.relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END,
    'definition', pg_get_viewdef(c.oid),
    'columns', (SELECT string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod))
            || coalesce(' default ' || pg_get_expr(ad.adbin, ad.adrelid), '')
            || coalesce(' comment ' || quote_literal(cd.description), ''), ', ' ORDER BY a.attnum)
        FROM pg_attribute a
        LEFT JOIN pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum
        LEFT JOIN pg_description cd
            ON cd.classoid = 'pg_class'::regclass AND cd.objoid = a.attrelid AND cd.objsubid = a.attnum
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
    'options', (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(c.reloptions) AS o),
    'populated', CASE c.relkind WHEN 'm' THEN CASE WHEN c.relispopulated THEN 'yes' ELSE 'no' END END,
    'tablespace', ts.spcname,
    'owner', CASE WHEN c.relowner <> me.owner THEN pg_get_userbyid(c.relowner) END,
    'comment', d.description)
FROM own c CROSS JOIN me
LEFT JOIN pg_tablespace ts ON ts.oid = c.reltablespace
LEFT JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = 0
WHERE c.relkind IN ('v', 'm')
"""

SEQUENCES = """
SELECT c.oid, 'sequence', '', c.name, json_build_object(
    'type', format_type(q.seqtypid, NULL), 'start', q.seqstart, 'increment', q.seqincrement,
    'minimum', q.seqmin, 'maximum', q.seqmax, 'cache', q.seqcache,
    'cycle', CASE WHEN q.seqcycle THEN 'yes' ELSE 'no' END,
    'owned by', (SELECT
            CASE p.deptype WHEN 'i' THEN 'identity of ' ELSE '' END || s.prefix || r.relname || '.' || a.attname
        FROM pg_depend p JOIN pg_class r ON r.oid = p.refobjid JOIN space s ON s.oid = r.relnamespace
        JOIN pg_attribute a ON a.attrelid = p.refobjid AND a.attnum = p.refobjsubid
        WHERE p.classid = 'pg_class'::regclass AND p.objid = c.oid AND p.objsubid = 0
            AND p.refclassid = 'pg_class'::regclass AND p.deptype IN ('a', 'i')),
    'persistence', CASE c.relpersistence WHEN 'u' THEN 'unlogged' ELSE 'permanent' END,
    'owner', CASE WHEN c.relowner <> me.owner THEN pg_get_userbyid(c.relowner) END,
    'comment', d.description)
FROM own c CROSS JOIN me JOIN pg_sequence q ON q.seqrelid = c.oid
LEFT JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = 0
"""

OF_RELATIONS = (TABLES, COLUMNS, CONSTRAINTS, INDEXES, TRIGGERS, STATISTICS, SEQUENCES)

# Their texts name columns of other relations.
LOOKING_AROUND = (POLICIES, RULES, VIEWS)
