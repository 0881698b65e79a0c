#include "json/schema/meta.h"

#include "json/schema/registry_own.h"

/* Is it one of the drafts' own, which are right? */
static bool is_own(const struct document *d)
{
    return dialect_by_uri(str_c(d->owner[0] ? d->owner[0]->uri : "")) != NULL;
}

static bool has_fault_at(const struct faults *faults, const struct json_doc *doc,
                         struct json_pos pos)
{
    for (size_t i = 0; i < faults->count; i++)
        if (faults->items[i].line == pos.line && faults->items[i].column == pos.column &&
            faults->items[i].file && strcmp(faults->items[i].file, doc->name) == 0)
            return true;
    return false;
}

/* The fault that says most: of branches, the one deepest in the schema that is checked. */
static const struct schema_fault *telling(const struct schema_report *report, size_t i)
{
    const struct schema_fault *best = &report->faults[i];
    const bool branches = i + 1 < report->count && report->faults[i + 1].depth > best->depth;

    for (size_t k = i + 1; branches && k < report->count && report->faults[k].depth; k++)
        if (k == i + 1 || strlen(report->faults[k].pointer) > strlen(best->pointer))
            best = &report->faults[k];
    return best;
}

static void tell(const struct schema_report *report, struct faults *faults, bool *ret_failed)
{
    for (size_t i = 0; i < report->count; i++) {
        const struct schema_fault *f = telling(report, i);
        const struct json_pos pos = json_ref_start(f->instance);
        struct fault *fault;

        if (report->faults[i].depth || has_fault_at(faults, f->instance.doc, pos))
            continue;
        fault = json_fault(faults, f->instance.doc, pos, "the meta-schema wants %s here, found %s",
                           f->expected, f->actual);
        if (f->hint)
            fault_hint(fault, "%s", f->hint);
        *ret_failed = true;
    }
}

static void check_document(struct schema *schema, const struct document *d, struct faults *faults)
{
    const struct schema *meta =
        d->owner[0] ? registry_metaschema(schema->frames.registry, d->owner[0]->dialect->uri)
                    : NULL;
    struct schema_report report = {0};

    if (meta && schema_explain(meta, document_ref(d, d->first), &report) == SCHEMA_INVALID)
        tell(&report, faults, &schema->frames.failed);
    schema_report_release(&report);
}

void meta_check(struct schema *schema, struct faults *faults)
{
    for (const struct document *d = schema->frames.documents; d; d = d->next)
        if (!is_own(d))
            check_document(schema, d, faults);
}
