"""The statement that says what has changed in a catalogue, without describing any of it.

Objects are many, and writing their definitions is what takes time. A stamp is made of where each catalogue row of a
relation stands, and which transaction wrote it; what belongs to no relation has one stamp together, that of the group
0. What else their texts name (a type, a function, a role, an attribute of a composite type) has no stamp in the group
of who names it: its name is read, and compared.
"""

# Each part has a seed of its own: rows of two catalogues may stand in the same place.
_OF_RELATIONS = """
part AS MATERIALIZED (
    SELECT c.oid AS grp, c.oid AS obj, c.stamp FROM own c
    UNION ALL
    SELECT x.indrelid, x.indexrelid, hashtextextended(concat_ws(' ', x.xmin, x.ctid, i.xmin, i.ctid), 2)
    FROM own c JOIN pg_index x ON x.indrelid = c.oid JOIN pg_class i ON i.oid = x.indexrelid
), kept AS MATERIALIZED (
    SELECT k.oid, k.conrelid AS grp, hashtextextended(k.xmin::text || k.ctid::text, 3) AS stamp
    FROM own c JOIN pg_constraint k ON k.conrelid = c.oid
), stamp AS (
    SELECT grp, stamp FROM part
    UNION ALL
    SELECT grp, stamp FROM kept
    UNION ALL
    SELECT p.grp, hashtextextended(a.xmin::text || a.ctid::text, 5)
    FROM part p JOIN pg_attribute a ON a.attrelid = p.obj AND a.attrelid >= 16384 AND a.attnum > 0
    UNION ALL
    SELECT p.grp, hashtextextended(d.xmin::text || d.ctid::text, 6)
    FROM part p JOIN pg_description d ON d.objoid = p.obj
    WHERE d.classoid = 'pg_class'::regclass AND d.objoid >= 16384
    UNION ALL
    SELECT k.grp, hashtextextended(d.xmin::text || d.ctid::text, 7)
    FROM kept k JOIN pg_description d ON d.objoid = k.oid
    WHERE d.classoid = 'pg_constraint'::regclass AND d.objoid >= 16384
    UNION ALL
    SELECT p.grp, hashtextextended(h.xmin::text || h.ctid::text, 8)
    FROM part p JOIN pg_inherits h ON h.inhrelid = p.obj
    UNION ALL
    SELECT c.oid, hashtextextended(a.xmin::text || a.ctid::text, 9) FROM own c JOIN pg_attrdef a ON a.adrelid = c.oid
    UNION ALL
    SELECT c.oid, hashtextextended(q.xmin::text || q.ctid::text, 10)
    FROM own c JOIN pg_sequence q ON q.seqrelid = c.oid
    UNION ALL
    SELECT c.oid, hashtextextended(concat_ws(' ', d.refobjid, d.refobjsubid, d.deptype::text), 11)
    FROM own c JOIN pg_depend d ON d.objid = c.oid
    WHERE c.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
    UNION ALL
    SELECT c.oid, hashtextextended(t.reloptions::text, 12)
    FROM own c JOIN pg_class t ON t.oid = c.reltoastrelid WHERE t.reloptions IS NOT NULL
    UNION ALL
    SELECT c.oid, hashtextextended(f.xmin::text || f.ctid::text, 13)
    FROM own c JOIN pg_foreign_table f ON f.ftrelid = c.oid
    UNION ALL
    SELECT c.oid, hashtextextended(concat_ws(' ', t.xmin, t.ctid, d.xmin, d.ctid), 14)
    FROM own c JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal
    LEFT JOIN pg_description d ON d.classoid = 'pg_trigger'::regclass AND d.objoid = t.oid
    UNION ALL
    SELECT c.oid, hashtextextended(concat_ws(' ', s.xmin, s.ctid, d.xmin, d.ctid), 15)
    FROM own c JOIN pg_statistic_ext s ON s.stxrelid = c.oid
    LEFT JOIN pg_description d ON d.classoid = 'pg_statistic_ext'::regclass AND d.objoid = s.oid
"""

# Row types, which come and go with their tables, and arrays, are no types of their own.
_OWN_TYPES = """
    FROM space s JOIN pg_type t ON t.typnamespace = s.oid LEFT JOIN pg_class c ON c.oid = t.typrelid
    WHERE t.oid >= 16384 AND (c.relkind IS NULL OR c.relkind = 'c') AND t.typinput <> 'array_in'::regproc
"""

_ROW_OF = "SELECT 0::oid, hashtextextended(o.xmin::text || o.ctid::text, {seed})\n    FROM {source}\n"
_OTHERS = (
    "pg_namespace o JOIN space s ON s.oid = o.oid",
    "pg_extension o",
    "pg_depend o WHERE o.refclassid = 'pg_extension'::regclass AND o.deptype = 'e'",
    f"pg_type o WHERE o.oid IN (SELECT t.oid {_OWN_TYPES})",
    "pg_enum o",
    f"pg_attribute o WHERE o.attrelid IN (SELECT t.typrelid {_OWN_TYPES})",
    "pg_constraint o WHERE o.contypid >= 16384",
    "pg_range o WHERE o.rngtypid >= 16384",
    "pg_proc o WHERE o.oid >= 16384",
    "pg_aggregate o WHERE o.aggfnoid >= 16384::oid",
    "pg_collation o WHERE o.oid >= 16384",
    "pg_operator o WHERE o.oid >= 16384",
    "pg_opclass o WHERE o.oid >= 16384",
    "pg_amop o WHERE o.oid >= 16384",
    "pg_amproc o WHERE o.oid >= 16384",
    "pg_cast o WHERE o.oid >= 16384",
    "pg_ts_config o WHERE o.oid >= 16384",
    "pg_ts_config_map o WHERE o.mapcfg >= 16384",
    "pg_ts_dict o WHERE o.oid >= 16384",
    "pg_event_trigger o",
    "pg_foreign_server o",
    "pg_foreign_data_wrapper o",
    "pg_language o",
    "pg_db_role_setting o JOIN pg_database d ON d.oid = o.setdatabase AND d.datname = current_database()",
    "pg_default_acl o",
    "pg_publication o",
    "pg_policy o",
    "pg_rewrite o WHERE o.ev_class >= 16384",
    "space s JOIN pg_description o ON o.classoid = 'pg_namespace'::regclass AND o.objoid = s.oid",
    """unnest('{pg_type, pg_proc, pg_collation, pg_policy, pg_rewrite}'::regclass[]) AS class
    JOIN pg_description o ON o.classoid = class AND o.objoid >= 16384""",
)
_OF_OTHERS = "".join(
    f"    UNION ALL\n    {_ROW_OF.format(seed=100 + at, source=source)}" for at, source in enumerate(_OTHERS)
)

# A publication's tables are in catalogues that differ between versions, a user mapping is not for everybody's eyes.
_OF_VIEWS = """
    UNION ALL
    SELECT 0::oid, hashtextextended(to_jsonb(p)::text, 90) FROM pg_publication_tables p
    UNION ALL
    SELECT 0::oid, hashtextextended(u.usename || ' on ' || u.srvname, 91) FROM pg_user_mappings u
)
"""

# A composite type's attributes are named by the texts of whoever uses the type; a table's row type is one as well.
_NAMES = """
, used_as_type AS (
    SELECT c.oid FROM space s JOIN pg_class c ON c.relnamespace = s.oid WHERE c.oid >= 16384 AND c.relkind = 'c'
    UNION
    SELECT c.oid FROM own c WHERE c.relkind <> 'S' AND c.reltype = ANY (ARRAY(
        SELECT CASE t.typelem WHEN 0 THEN t.oid ELSE t.typelem END
        FROM pg_depend d JOIN pg_type t ON t.oid = d.refobjid
        WHERE d.refclassid = 'pg_type'::regclass AND d.refobjid >= 16384 AND d.deptype = 'n'))
), named AS (
    SELECT 'type ' || t.oid AS what, t.typnamespace::text || ' ' || t.typname AS name
    :own_types
    UNION ALL
    SELECT 'label ' || e.oid, e.enumlabel FROM pg_enum e
    UNION ALL
    SELECT 'attribute ' || a.attrelid || ' ' || a.attnum, a.attname
    FROM used_as_type u JOIN pg_attribute a ON a.attrelid = u.oid AND a.attnum > 0
    UNION ALL
    SELECT 'function ' || p.oid, p.pronamespace || ' ' || p.proname FROM pg_proc p WHERE p.oid >= 16384
    UNION ALL
    SELECT 'operator ' || o.oid, o.oprnamespace || ' ' || o.oprname FROM pg_operator o WHERE o.oid >= 16384
    UNION ALL
    SELECT 'operator class ' || o.oid, o.opcnamespace || ' ' || o.opcname || ' ' || o.opcdefault
    FROM pg_opclass o WHERE o.oid >= 16384
    UNION ALL
    SELECT 'collation ' || o.oid, o.collnamespace || ' ' || o.collname FROM pg_collation o WHERE o.oid >= 16384
    UNION ALL
    SELECT 'dictionary ' || o.oid, o.dictnamespace || ' ' || o.dictname FROM pg_ts_dict o WHERE o.oid >= 16384
    UNION ALL
    SELECT 'configuration ' || o.oid, o.cfgnamespace || ' ' || o.cfgname FROM pg_ts_config o WHERE o.oid >= 16384
    UNION ALL
    SELECT 'parser ' || o.oid, o.prsnamespace || ' ' || o.prsname FROM pg_ts_parser o WHERE o.oid >= 16384
    UNION ALL
    SELECT 'template ' || o.oid, o.tmplnamespace || ' ' || o.tmplname FROM pg_ts_template o WHERE o.oid >= 16384
    UNION ALL
    SELECT 'server ' || f.oid, f.srvname FROM pg_foreign_server f
    UNION ALL
    SELECT 'schema ' || s.oid, s.nspname FROM space s
    UNION ALL
    SELECT 'role ' || r.oid, r.rolname FROM pg_roles r
    UNION ALL
    SELECT 'tablespace ' || t.oid, t.spcname FROM pg_tablespace t
    UNION ALL
    SELECT 'relation ' || c.oid, c.name FROM own c
    UNION ALL
    SELECT 'database', me.owner::text FROM me
)
""".replace(":own_types", _OWN_TYPES)

# A view, a policy, a rule and a function with a body in SQL name columns of relations that have stamps of their own.
_LOOKS_AROUND = """
    EXISTS (SELECT FROM pg_rewrite r WHERE r.ev_class >= 16384) OR EXISTS (SELECT FROM pg_policy)
    OR EXISTS (SELECT FROM pg_proc p WHERE p.oid >= 16384 AND p.prosqlbody IS NOT NULL)
"""

STAMPS = (
    "".join((_OF_RELATIONS, _OF_OTHERS, _OF_VIEWS, _NAMES))
    + """
SELECT json_build_array(
    (SELECT json_object_agg(s.grp, s.stamp)
        FROM (SELECT grp, bit_xor(stamp)::text AS stamp FROM stamp GROUP BY grp) AS s),
    (SELECT json_object_agg(n.what, n.name) FROM named n),
    :looks_around)::text
""".replace(":looks_around", _LOOKS_AROUND)
)

# What is to be described: what has a new stamp, and what names its columns.
CHANGED = """
changed AS MATERIALIZED (
    SELECT unnest($1) AS oid
    UNION
    SELECT k.conrelid FROM pg_constraint k WHERE k.confrelid = ANY ($1)
    UNION
    SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
        AND d.refclassid = 'pg_class'::regclass AND d.refobjid = ANY ($1) AND d.deptype IN ('a', 'i')
)"""
