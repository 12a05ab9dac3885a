"""The parts of the statement that read what belongs to no table, and who may do what."""

SCHEMAS = """
SELECT 0::oid, 'schema', '', s.nspname, json_build_object(
    'owner', CASE WHEN s.nspowner NOT IN (me.owner, 'pg_database_owner'::regrole) AND s.nspname <> 'public'
        THEN pg_get_userbyid(s.nspowner) END,
    'comment', d.description)
FROM space s CROSS JOIN me
LEFT JOIN pg_description d ON d.classoid = 'pg_namespace'::regclass AND d.objoid = s.oid
WHERE NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_namespace'::regclass AND m.objid = s.oid)
"""

EXTENSIONS = """
SELECT 0::oid, 'extension', '', e.extname, json_build_object('version', e.extversion, 'schema', n.nspname)
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
"""

# Row types of tables, arrays and the multiranges that a range brings along are not types of their own.
TYPES = """
SELECT 0::oid, 'type', '', s.prefix || t.typname, (json_build_object(
    'kind', CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'c' THEN 'composite'
        WHEN 'r' THEN 'range' ELSE 'base' END,
    'labels', (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
        FROM pg_enum e WHERE e.enumtypid = t.oid),
    'attributes', (SELECT string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod))
            || CASE WHEN a.attcollation <> at.typcollation THEN ' collate ' || a.attcollation::regcollation
                ELSE '' END, ', ' ORDER BY a.attnum)
        FROM pg_attribute a JOIN pg_type at ON at.oid = a.atttypid
        WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped),
    'base type', CASE t.typtype WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod) END,
    'nullable', CASE t.typtype WHEN 'd' THEN CASE WHEN t.typnotnull THEN 'no' ELSE 'yes' END END,
    'default', t.typdefault,
    'collation', CASE WHEN t.typtype = 'd' AND t.typcollation <> 0 THEN t.typcollation::regcollation::text END,
    'constraints', (SELECT string_agg(quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid), ', '
        ORDER BY k.conname) FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c'),
    'subtype', CASE t.typtype WHEN 'r' THEN format_type(r.rngsubtype, NULL) END,
    'subtype details', CASE t.typtype WHEN 'r' THEN concat_ws(', ', o.opcname, nullif(r.rngcanonical, 0)::regproc,
        nullif(r.rngsubdiff, 0)::regproc, nullif(r.rngcollation, 0)::regcollation) END,
    'functions', CASE t.typtype WHEN 'b' THEN concat_ws(', ', t.typinput, t.typoutput, t.typlen, t.typalign) END,
    'owner', CASE WHEN t.typowner <> me.owner THEN pg_get_userbyid(t.typowner) END,
    'comment', d.description))
FROM pg_type t JOIN space s ON s.oid = t.typnamespace CROSS JOIN me
LEFT JOIN pg_class c ON c.oid = t.typrelid
LEFT JOIN pg_range r ON r.rngtypid = t.oid
LEFT JOIN pg_opclass o ON o.oid = r.rngsubopc
LEFT JOIN pg_description d ON d.classoid = 'pg_type'::regclass AND d.objoid = t.oid
WHERE (t.typtype IN ('e', 'd', 'r') OR t.typtype = 'c' AND c.relkind = 'c'
        OR t.typtype = 'b' AND t.typisdefined AND NOT EXISTS (SELECT FROM pg_type el WHERE el.typarray = t.oid))
    AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_type'::regclass AND m.objid = t.oid)
"""

FUNCTIONS = """
SELECT 0::oid, CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END, '',
    s.prefix || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', json_build_object(
    'definition', CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) ELSE concat_ws(', ',
        'returns ' || pg_get_function_result(p.oid), 'transition ' || g.aggtransfn,
        'state ' || format_type(g.aggtranstype, NULL),
        'final ' || nullif(g.aggfinalfn, 0)::regproc, 'combine ' || nullif(g.aggcombinefn, 0)::regproc,
        'initial ' || quote_literal(g.agginitval), 'sort ' || nullif(g.aggsortop, 0)::regoperator,
        'moving ' || nullif(g.aggmtransfn, 0)::regproc, 'kind ' || g.aggkind::text,
        'parallel ' || p.proparallel::text) END,
    'owner', CASE WHEN p.proowner <> me.owner THEN pg_get_userbyid(p.proowner) END,
    'comment', d.description)
FROM pg_proc p JOIN space s ON s.oid = p.pronamespace CROSS JOIN me
LEFT JOIN pg_aggregate g ON g.aggfnoid = p.oid
LEFT JOIN pg_description d ON d.classoid = 'pg_proc'::regclass AND d.objoid = p.oid
WHERE NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_proc'::regclass AND m.objid = p.oid)
    AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = 'pg_proc'::regclass AND i.objid = p.oid
        AND i.deptype = 'i')
"""

COLLATIONS = """
SELECT 0::oid, 'collation', '', s.prefix || co.collname, json_build_object(
    'provider', co.collprovider, 'deterministic', CASE WHEN co.collisdeterministic THEN 'yes' ELSE 'no' END,
    'locale', coalesce(to_jsonb(co) ->> 'colllocale', to_jsonb(co) ->> 'colliculocale',
        concat_ws(', ', co.collcollate, co.collctype)),
    'rules', to_jsonb(co) ->> 'collicurules',
    'owner', CASE WHEN co.collowner <> me.owner THEN pg_get_userbyid(co.collowner) END,
    'comment', d.description)
FROM pg_collation co JOIN space s ON s.oid = co.collnamespace CROSS JOIN me
LEFT JOIN pg_description d ON d.classoid = 'pg_collation'::regclass AND d.objoid = co.oid
WHERE NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_collation'::regclass AND m.objid = co.oid)
"""

OPERATORS = """
SELECT 0::oid, 'operator', '',
    s.prefix || o.oprname || ' ('
        || concat_ws(', ', format_type(nullif(o.oprleft, 0), NULL), format_type(o.oprright, NULL)) || ')',
    json_build_object('function', o.oprcode::text, 'result', format_type(o.oprresult, NULL),
        'commutator', nullif(o.oprcom, 0)::regoperator, 'negator', nullif(o.oprnegate, 0)::regoperator)
FROM pg_operator o JOIN space s ON s.oid = o.oprnamespace
WHERE NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_operator'::regclass AND m.objid = o.oid)
UNION ALL
SELECT 0::oid, 'operator class', '', s.prefix || o.opcname || ' using ' || a.amname, json_build_object(
    'type', format_type(o.opcintype, NULL), 'default', CASE WHEN o.opcdefault THEN 'yes' ELSE 'no' END,
    'operators', (SELECT string_agg(ao.amopstrategy || ' ' || ao.amopopr::regoperator, ', '
        ORDER BY ao.amopstrategy, ao.amopopr::regoperator::text) FROM pg_amop ao WHERE ao.amopfamily = o.opcfamily),
    'functions', (SELECT string_agg(ap.amprocnum || ' ' || ap.amproc, ', '
        ORDER BY ap.amprocnum, ap.amproc::text) FROM pg_amproc ap WHERE ap.amprocfamily = o.opcfamily))
FROM pg_opclass o JOIN space s ON s.oid = o.opcnamespace JOIN pg_am a ON a.oid = o.opcmethod
WHERE NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_opclass'::regclass AND m.objid = o.oid)
UNION ALL
SELECT 0::oid, 'cast', '', format_type(k.castsource, NULL) || ' as ' || format_type(k.casttarget, NULL),
    json_build_object('function', nullif(k.castfunc, 0)::regprocedure, 'context', k.castcontext,
        'method', k.castmethod)
FROM pg_cast k
WHERE k.oid >= 16384 AND NOT EXISTS (
    SELECT FROM pg_depend i WHERE i.classid = 'pg_cast'::regclass AND i.objid = k.oid AND i.deptype IN ('e', 'i'))
"""

TEXT_SEARCH = """
SELECT 0::oid, 'text search configuration', '', s.prefix || t.cfgname, json_build_object(
    'parser', p.prsname,
    'mappings', (SELECT string_agg(m.maptokentype || ' ' || m.mapdict::regdictionary, ', '
        ORDER BY m.maptokentype, m.mapseqno) FROM pg_ts_config_map m WHERE m.mapcfg = t.oid))
FROM pg_ts_config t JOIN space s ON s.oid = t.cfgnamespace JOIN pg_ts_parser p ON p.oid = t.cfgparser
WHERE NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_ts_config'::regclass AND m.objid = t.oid)
UNION ALL
SELECT 0::oid, 'text search dictionary', '', s.prefix || t.dictname, json_build_object(
    'template', p.tmplname, 'options', t.dictinitoption)
FROM pg_ts_dict t JOIN space s ON s.oid = t.dictnamespace JOIN pg_ts_template p ON p.oid = t.dicttemplate
WHERE NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_ts_dict'::regclass AND m.objid = t.oid)
"""

# Objects of the whole database: publications, event triggers, servers of foreign data, languages, settings.
DATABASE_WIDE = """
SELECT 0::oid, 'publication', '', p.pubname, json_build_object(
    'publishes', concat_ws(', ', CASE WHEN p.puballtables THEN 'all tables' END,
        CASE WHEN p.pubinsert THEN 'insert' END,
        CASE WHEN p.pubupdate THEN 'update' END, CASE WHEN p.pubdelete THEN 'delete' END,
        CASE WHEN p.pubtruncate THEN 'truncate' END, CASE WHEN p.pubviaroot THEN 'via root' END),
    'tables', CASE WHEN NOT p.puballtables THEN (
        SELECT string_agg((to_jsonb(pt) - 'pubname')::text, ', ' ORDER BY pt.schemaname, pt.tablename)
        FROM pg_publication_tables pt WHERE pt.pubname = p.pubname) END)
FROM pg_publication p
UNION ALL
SELECT 0::oid, 'event trigger', '', e.evtname, json_build_object(
    'event', e.evtevent, 'function', e.evtfoid::regprocedure, 'enabled', e.evtenabled,
    'tags', array_to_string(e.evttags, ', '))
FROM pg_event_trigger e
WHERE NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_event_trigger'::regclass AND m.objid = e.oid)
UNION ALL
SELECT 0::oid, 'foreign server', '', f.srvname, json_build_object(
    'wrapper', w.fdwname, 'type', f.srvtype, 'version', f.srvversion,
    'options', (SELECT string_agg(split_part(o, '=', 1), ', ' ORDER BY o) FROM unnest(f.srvoptions) AS o))
FROM pg_foreign_server f JOIN pg_foreign_data_wrapper w ON w.oid = f.srvfdw
UNION ALL
SELECT 0::oid, 'foreign data wrapper', '', w.fdwname, json_build_object(
    'handler', nullif(w.fdwhandler, 0)::regproc, 'validator', nullif(w.fdwvalidator, 0)::regproc)
FROM pg_foreign_data_wrapper w
WHERE NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_foreign_data_wrapper'::regclass AND m.objid = w.oid)
UNION ALL
SELECT 0::oid, 'user mapping', '', u.usename || ' on ' || u.srvname, json_build_object() FROM pg_user_mappings u
UNION ALL
SELECT 0::oid, 'language', '', l.lanname, json_build_object(
    'trusted', CASE WHEN l.lanpltrusted THEN 'yes' ELSE 'no' END)
FROM pg_language l
WHERE l.lanispl AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_language'::regclass AND m.objid = l.oid)
UNION ALL
SELECT 0::oid, 'setting', '',
    split_part(o, '=', 1) || CASE b.setrole WHEN 0 THEN '' ELSE ' of ' || pg_get_userbyid(b.setrole) END,
    json_build_object('value', substr(o, strpos(o, '=') + 1))
FROM pg_db_role_setting b JOIN pg_database db ON db.oid = b.setdatabase, unnest(b.setconfig) AS o
WHERE db.datname = current_database()
"""

# An access list that was never touched (NULL) is its default; only what departs from the default is a grant.
_GRANTS = """
SELECT g.grp, 'grant', g.tab, 'to ' || given.role || g.suffix,
    json_build_object('privileges', coalesce(given.privileges, 'none'))
FROM (
:lists
) AS g CROSS JOIN LATERAL (
    SELECT
        CASE e.grantee WHEN 0 THEN 'PUBLIC' WHEN g.owner THEN 'the owner' ELSE pg_get_userbyid(e.grantee) END AS role,
        string_agg(e.privilege, ', ' ORDER BY e.privilege) FILTER (WHERE e.is_actual) AS privileges,
        string_agg(e.privilege, ', ' ORDER BY e.privilege) FILTER (WHERE NOT e.is_actual) AS standard
    FROM (
        SELECT x.is_actual, x.grantee, x.privilege_type
            || CASE WHEN x.is_grantable THEN ' with grant option' ELSE '' END
            || CASE WHEN x.grantor <> g.owner THEN ' by ' || pg_get_userbyid(x.grantor) ELSE '' END AS privilege
        FROM (
            SELECT true AS is_actual, * FROM aclexplode(g.acl)
            UNION ALL
            SELECT false, * FROM aclexplode(g.standard)
        ) AS x
    ) AS e GROUP BY e.grantee
) AS given
WHERE given.privileges IS DISTINCT FROM given.standard
"""

GRANTS_ON_RELATIONS = _GRANTS.replace(
    ":lists",
    """\
    SELECT c.oid AS grp, c.name AS tab, '' AS suffix, c.relowner AS owner, c.relacl AS acl,
        acldefault(CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END, c.relowner) AS standard
    FROM own c WHERE c.relacl IS NOT NULL
    UNION ALL
    SELECT c.oid, c.name, ' on column ' || a.attname, c.relowner, a.attacl, acldefault('c', c.relowner)
    FROM own c JOIN pg_attribute a ON a.attrelid = c.oid WHERE a.attacl IS NOT NULL AND NOT a.attisdropped""",
)

GRANTS_ON_OTHERS = _GRANTS.replace(
    ":lists",
    """\
    SELECT 0::oid AS grp, '' AS tab, ' on schema ' || s.nspname AS suffix, s.nspowner AS owner, s.nspacl AS acl,
        acldefault('n', s.nspowner) AS standard
    FROM space s WHERE s.nspacl IS NOT NULL
    UNION ALL
    SELECT 0::oid, '',
        ' on function ' || s.prefix || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
        p.proowner, p.proacl, acldefault('f', p.proowner)
    FROM pg_proc p JOIN space s ON s.oid = p.pronamespace
    WHERE p.proacl IS NOT NULL
        AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_proc'::regclass AND m.objid = p.oid)
    UNION ALL
    SELECT 0::oid, '', ' on type ' || s.prefix || t.typname, t.typowner, t.typacl, acldefault('T', t.typowner)
    FROM pg_type t JOIN space s ON s.oid = t.typnamespace
    WHERE t.typacl IS NOT NULL
        AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_type'::regclass AND m.objid = t.oid)
    UNION ALL
    SELECT 0::oid, '', ' on foreign server ' || f.srvname, f.srvowner, f.srvacl, acldefault('S', f.srvowner)
    FROM pg_foreign_server f WHERE f.srvacl IS NOT NULL
    UNION ALL
    SELECT 0::oid, '', ' on language ' || l.lanname, l.lanowner, l.lanacl, acldefault('l', l.lanowner)
    FROM pg_language l WHERE l.lanacl IS NOT NULL""",
)

DEFAULT_PRIVILEGES = """
SELECT 0::oid, 'default privileges', '',
    concat_ws(' ', 'of', CASE d.defaclrole WHEN me.owner THEN 'the owner' ELSE pg_get_userbyid(d.defaclrole) END,
        'in schema ' || n.nspname, 'for', CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences'
        WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' ELSE 'large objects' END),
    json_build_object('privileges', coalesce((
        SELECT string_agg(line, '; ' ORDER BY line) FROM (
            SELECT 'to ' || CASE x.grantee WHEN 0 THEN 'PUBLIC' WHEN d.defaclrole THEN 'the owner'
                ELSE pg_get_userbyid(x.grantee) END || ': ' || string_agg(x.privilege_type
                || CASE WHEN x.is_grantable THEN ' with grant option' ELSE '' END, ', '
                ORDER BY x.privilege_type) AS line
            FROM aclexplode(d.defaclacl) AS x GROUP BY x.grantee
        ) AS lines), 'none'))
FROM pg_default_acl d CROSS JOIN me LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
"""

OF_OTHERS = (
    SCHEMAS, EXTENSIONS, TYPES, FUNCTIONS, COLLATIONS, OPERATORS, TEXT_SEARCH, DATABASE_WIDE, GRANTS_ON_OTHERS,
    DEFAULT_PRIVILEGES,
)  # fmt: skip
