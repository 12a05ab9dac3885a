"""The statement that says what has changed in a catalogue, without describing any of it.

Tables, their columns, constraints and indexes, and sequences are many, and writing their definitions is what takes
time. A stamp is made of where each catalogue row of a relation stands, and which transaction wrote it. What else their
texts name (a type, a function, a role, an attribute of a composite type) has no stamp: its name is read, and compared.
"""

# Each part has a seed of its own: rows of two catalogues may stand in the same place.
_STAMPS = """
, part AS MATERIALIZED (
    SELECT c.oid AS grp, c.oid AS obj FROM own c
    UNION ALL
    SELECT x.indrelid, x.indexrelid FROM pg_index x JOIN own c ON c.oid = x.indrelid
), stamp AS (
    SELECT p.grp, hashtextextended(c.xmin::text || c.ctid::text, 1) AS stamp
    FROM part p JOIN pg_class c ON c.oid = p.obj
    UNION ALL
    SELECT p.grp, hashtextextended(a.xmin::text || a.ctid::text, 2)
    FROM part p JOIN pg_attribute a ON a.attrelid = p.obj AND a.attnum > 0
    UNION ALL
    SELECT p.grp, hashtextextended(d.xmin::text || d.ctid::text, 3)
    FROM part p JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = p.obj
    UNION ALL
    SELECT p.grp, hashtextextended(h.xmin::text || h.ctid::text, 4)
    FROM part p JOIN pg_inherits h ON h.inhrelid = p.obj
    UNION ALL
    SELECT c.oid, hashtextextended(x.xmin::text || x.ctid::text, 5) FROM own c JOIN pg_index x ON x.indrelid = c.oid
    UNION ALL
    SELECT c.oid, hashtextextended(k.xmin::text || k.ctid::text, 6)
    FROM own c JOIN pg_constraint k ON k.conrelid = c.oid
    UNION ALL
    SELECT c.oid, hashtextextended(d.xmin::text || d.ctid::text, 7)
    FROM own c JOIN pg_constraint k ON k.conrelid = c.oid
    JOIN pg_description d ON d.classoid = 'pg_constraint'::regclass AND d.objoid = k.oid
    UNION ALL
    SELECT c.oid, hashtextextended(a.xmin::text || a.ctid::text, 8) FROM own c JOIN pg_attrdef a ON a.adrelid = c.oid
    UNION ALL
    SELECT c.oid, hashtextextended(q.xmin::text || q.ctid::text, 9) FROM own c JOIN pg_sequence q ON q.seqrelid = c.oid
    UNION ALL
    SELECT c.oid, hashtextextended(concat_ws(' ', d.refobjid, d.refobjsubid, d.deptype::text), 10)
    FROM own c JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')
    WHERE c.relkind = 'S'
    UNION ALL
    SELECT c.oid, hashtextextended(t.reloptions::text, 11)
    FROM own c JOIN pg_class t ON t.oid = c.reltoastrelid WHERE t.reloptions IS NOT NULL
)
"""

# A composite type's attributes are named by the texts of whoever uses the type; a table's row type is one as well.
_NAMES = """
, used_as_type AS (
    SELECT c.oid FROM pg_class c WHERE c.relkind = 'c' AND c.relnamespace IN (SELECT oid FROM space)
    UNION ALL
    SELECT c.oid FROM own c JOIN pg_type t ON t.oid = c.reltype
    WHERE c.relkind <> 'S' AND EXISTS (
        SELECT FROM pg_depend d WHERE d.refclassid = 'pg_type'::regclass AND d.refobjid IN (t.oid, t.typarray)
            AND d.deptype = 'n')
), named AS (
    SELECT 'type ' || t.oid AS what, t.typnamespace::text || ' ' || t.typname AS name
    FROM pg_type t JOIN space s ON s.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
    WHERE t.typelem = 0 AND (c.relkind IS NULL OR c.relkind = 'c')
    UNION ALL
    SELECT 'label ' || e.oid, e.enumlabel FROM pg_enum e
    UNION ALL
    SELECT 'attribute ' || a.attrelid || ' ' || a.attnum, a.attname
    FROM used_as_type u JOIN pg_attribute a ON a.attrelid = u.oid AND a.attnum > 0
    UNION ALL
    SELECT 'function ' || p.oid, p.pronamespace || ' ' || p.proname
    FROM pg_proc p JOIN space s ON s.oid = p.pronamespace
    UNION ALL
    SELECT 'operator ' || o.oid, o.oprnamespace || ' ' || o.oprname
    FROM pg_operator o JOIN space s ON s.oid = o.oprnamespace
    UNION ALL
    SELECT 'operator class ' || o.oid, o.opcnamespace || ' ' || o.opcname || ' ' || o.opcdefault
    FROM pg_opclass o JOIN space s ON s.oid = o.opcnamespace
    UNION ALL
    SELECT 'collation ' || o.oid, o.collnamespace || ' ' || o.collname
    FROM pg_collation o JOIN space s ON s.oid = o.collnamespace
    UNION ALL
    SELECT 'dictionary ' || o.oid, o.dictnamespace || ' ' || o.dictname
    FROM pg_ts_dict o JOIN space s ON s.oid = o.dictnamespace
    UNION ALL
    SELECT 'configuration ' || o.oid, o.cfgnamespace || ' ' || o.cfgname
    FROM pg_ts_config o JOIN space s ON s.oid = o.cfgnamespace
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
SELECT json_build_array(
    (SELECT coalesce(json_object_agg(s.grp, s.stamp), '{}')
        FROM (SELECT grp, bit_xor(stamp)::text AS stamp FROM stamp GROUP BY grp) AS s),
    (SELECT json_object_agg(n.what, n.name) FROM named n))::text
"""

STAMPS = _STAMPS + _NAMES

# What is to be described: what has a new stamp, and what names its columns. Foreign tables are few.
CHANGED = """c.oid = ANY ($1) OR c.relkind = 'f'
    OR c.oid IN (SELECT k.conrelid FROM pg_constraint k WHERE k.confrelid = ANY ($1))
    OR c.oid IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
        AND d.refclassid = 'pg_class'::regclass AND d.refobjid = ANY ($1) AND d.deptype IN ('a', 'i'))"""
