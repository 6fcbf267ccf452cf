/* rewrite.c -- a trace in the making from the operations of others. */
#include "workloads/transform/rewrite.h"

#include <string.h>

#include "workloads/trace_callsite.h"
#include "workloads/trace_format.h"
#include "workloads/transform/note.h"

bool hb_rewrite_begin(struct hb_rewrite *rewrite, const char *path, bool has_times,
                      const struct hb_trace_info *said, char *error) {
    memset(rewrite, 0, sizeof *rewrite);
    rewrite->error = error;
    if (said != NULL)
        rewrite->said = *said;
    rewrite->writer = hb_trace_create(path, has_times, error);
    if (rewrite->writer == NULL)
        return false;
    if (said == NULL || !said->has_sites || hb_trace_keep_sites(rewrite->writer))
        return true;
    trace_fail(error, "%s", hb_trace_writer_error(rewrite->writer));
    hb_trace_discard(rewrite->writer);
    rewrite->writer = NULL;
    return false;
}

/* The number that a site of the source has in what is written. */
static uint16_t rewrite_site(struct hb_rewrite *rewrite, uint16_t site) {
    const char *name = rewrite->sites == NULL ? NULL : trace_callsite_name(rewrite->sites, site);

    return name == NULL ? 0 : hb_trace_add_site(rewrite->writer, name);
}

bool hb_rewrite_is_live(const struct hb_rewrite *rewrite, uint64_t key) {
    return hb_objects_find(&rewrite->objects, key) != NULL;
}

static bool rewrite_birth(struct hb_rewrite *rewrite, struct hb_op *op) {
    struct hb_object object = {op->object, rewrite->born_count, op->size, op->thread,
                               op->kind,   op->alignment_log2,  op->site};

    op->object = rewrite->born_count++;
    return hb_objects_add(&rewrite->objects, &object) ||
           trace_fail(rewrite->error, "out of memory for the live objects");
}

static bool rewrite_reference(struct hb_rewrite *rewrite, struct hb_op *op) {
    uint64_t key = op->object;
    struct hb_object *object = hb_objects_find(&rewrite->objects, key);

    if (object == NULL)
        return trace_fail(rewrite->error, "an operation names an object that is not alive");
    op->object = object->number;
    if (op->kind == HB_OP_FREE)
        hb_objects_remove(&rewrite->objects, key);
    else
        object->size = op->size;
    return true;
}

bool hb_rewrite_op(struct hb_rewrite *rewrite, const struct hb_op *op) {
    struct hb_op copy = *op;
    const char *complaint;

    if (trace_kind_is_birth[op->kind] && !rewrite_birth(rewrite, &copy))
        return false;
    if (trace_kind_has_age[op->kind] && !rewrite_reference(rewrite, &copy))
        return false;
    if (op->site != 0)
        copy.site = rewrite_site(rewrite, op->site);
    rewrite->written_count += op->kind <= HB_OP_FREE;
    if (hb_trace_append(rewrite->writer, &copy))
        return true;
    rewrite->is_unwritten = true;
    complaint = hb_trace_writer_error(rewrite->writer);
    return trace_fail(rewrite->error, "%s", complaint != NULL ? complaint : "cannot be written");
}

bool hb_rewrite_end(struct hb_rewrite *rewrite, bool good, const char *note) {
    if (good) {
        hb_note_append(rewrite->said.note, note);
        good = hb_trace_finish(rewrite->writer, &rewrite->said, rewrite->error);
        rewrite->is_unwritten = !good;
    } else
        hb_trace_discard(rewrite->writer);
    rewrite->writer = NULL;
    hb_objects_clear(&rewrite->objects);
    return good;
}
