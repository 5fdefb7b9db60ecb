/* layout.c - see layout.h. */
#include "common/import/layout.h"

#include <string.h>

#include "common/import/sqldump.h"

/* Where each column of a layout is in a row; -1: it is not there. */
struct mapping {
	const struct layout *layout;
	int at[LAYOUT_COLUMNS_MAX];
	size_t found;
	const char *missing; /* a column that must be there, or NULL */
};

size_t
layout_columns(const struct layout *layout)
{
	size_t n = 0;

	while (n < LAYOUT_COLUMNS_MAX && layout->columns[n] != NULL)
		n++;
	return n;
}

typedef struct slice column_name(const void *row, size_t i);

static void
map_column(struct mapping *m, size_t column, const void *row, size_t n, column_name *name_of)
{
	const char *name = m->layout->columns[column];
	bool optional = name[0] == '?';
	size_t i;

	m->at[column] = -1;
	for (i = 0; i < n; i++)
		if (slice_equal_nocase(name_of(row, i), slice_of(name + optional)))
			m->at[column] = (int)i;
	if (m->at[column] != -1)
		m->found++;
	else if (!optional)
		m->missing = name;
}

static void
map(struct mapping *m, const struct layout *layout, const void *row, size_t n, column_name *name_of)
{
	size_t i, columns = layout_columns(layout);

	*m = (struct mapping){ .layout = layout };
	for (i = 0; i < columns; i++)
		map_column(m, i, row, n, name_of);
}

/* ---- SQL ---- */

static struct slice
sql_name(const void *row, size_t i)
{
	return slice_of(((const struct sqldump_row *)row)->columns[i]);
}

/* False, with the reason told, when columns are not what they must be. */
static bool
map_sql(struct import *import, const struct layout *layout, const struct sqldump_row *row,
    struct mapping *m)
{
	size_t i, columns = layout_columns(layout);

	if (row->columns != NULL) {
		map(m, layout, row, row->n, sql_name);
	} else if (row->n == columns) {
		*m = (struct mapping){ .layout = layout };
		for (i = 0; i < columns; i++)
			m->at[i] = (int)i;
	} else {
		source_refuse(import,
		    "the dump does not name its columns, and %s has not the usual ones; "
		    "mysqldump --complete-insert or pg_dump --column-inserts does",
		    layout->table);
		return false;
	}
	if (m->missing != NULL)
		source_refuse(import, "%s has no column \"%s\" here", layout->table, m->missing);
	return m->missing == NULL;
}

static const struct layout *
find_layout(const struct layout *layouts, size_t n, const char *table)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(layouts[i].table, table) == 0)
			return &layouts[i];
	return NULL;
}

static int
take_sql(struct import *import, const struct layout *layout, const struct sqldump_row *row,
    struct err *err)
{
	struct slice values[LAYOUT_COLUMNS_MAX];
	struct mapping m;
	size_t i, columns = layout_columns(layout);

	source_row(import, row->line);
	if (row->bad != NULL) {
		source_refuse(import, "a row of %s: %s", layout->table, row->bad);
		return 0;
	}
	if (!map_sql(import, layout, row, &m))
		return 0;
	for (i = 0; i < columns; i++)
		values[i] = m.at[i] == -1 || row->values[m.at[i]].is_null
				? SLICE_NONE
				: row->values[m.at[i]].text;
	return layout->take(import, values, err);
}

int
layout_read_sql(struct import *import, struct lines *lines, const struct layout *layouts, size_t n,
    struct err *err)
{
	struct sqldump *dump = sqldump_new(lines);
	const struct layout *layout;
	struct sqldump_row row;
	int result = 0;

	while (result == 0 && sqldump_next(dump, &row)) {
		layout = find_layout(layouts, n, row.table);
		if (layout != NULL)
			result = take_sql(import, layout, &row, err);
	}
	sqldump_free(dump);
	return result;
}

/* ---- records ---- */

static struct slice
csv_name(const void *row, size_t i)
{
	return slice_trim(((const struct csv *)row)->fields[i].text);
}

/* Of several tables that have such columns, the one that the name of the file has in it. */
static const struct layout *
layout_of_head(const char *file, const struct csv *csv, const struct layout *layouts, size_t n,
    struct mapping *best)
{
	struct mapping m;
	size_t i;

	*best = (struct mapping){ .layout = NULL };
	for (i = 0; i < n; i++) {
		map(&m, &layouts[i], csv, csv->n, csv_name);
		if (strstr(file, layouts[i].table) != NULL)
			m.found += LAYOUT_COLUMNS_MAX + strlen(layouts[i].table);
		if (m.missing == NULL && m.found > best->found)
			*best = m;
	}
	return best->layout;
}

static int
take_record(struct import *import, const struct csv *csv, size_t head_n, const struct mapping *m,
    struct err *err)
{
	struct slice values[LAYOUT_COLUMNS_MAX];
	size_t i, columns = layout_columns(m->layout);

	source_row(import, csv->line);
	if (csv->cut || csv->n != head_n) {
		source_refuse(import, csv->cut ? "the record is too long, or never ends"
					       : "it has more or fewer values than the head");
		return 0;
	}
	for (i = 0; i < columns; i++)
		values[i] = m->at[i] == -1 ? SLICE_NONE : csv->fields[m->at[i]].text;
	return m->layout->take(import, values, err);
}

int
layout_read_records(struct import *import, struct lines *lines, enum csv_kind kind,
    const struct layout *layouts, size_t n, struct err *err)
{
	struct mapping m;
	struct csv csv;
	size_t head_n;
	int result = 0;

	csv_init(&csv, lines, kind);
	if (!csv_next(&csv) ||
	    layout_of_head(source_basename(import->path), &csv, layouts, n, &m) == NULL) {
		csv_clear(&csv);
		return err_set(err, ERR_DATA,
		    "%s: its first line names no columns of a table that is known here",
		    import->path);
	}
	head_n = csv.n;
	while (result == 0 && csv_next(&csv))
		result = take_record(import, &csv, head_n, &m, err);
	csv_clear(&csv);
	return result;
}
