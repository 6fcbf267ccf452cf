/* trace_form.c -- see trace_form.h. */
#include "workloads/trace_form.h"

static uint64_t mask(bool keeps) {
    return keeps ? UINT64_MAX : 0;
}

/* A form that leaves everything open but what its type says is settled. */
static struct trace_form form_make(uint8_t type) {
    uint8_t kind = type & FORM_KIND_MASK;
    bool settles_reference = (type & (FORM_SETTLES_AGE | FORM_SETTLES_STEP)) != 0;
    struct trace_form form = {
        .kind = kind,
        .references = trace_kind_has_age[kind],
        .births = trace_kind_is_birth[kind],
        .frees = kind == HB_OP_FREE,
        .open_ages = trace_kind_has_age[kind] && !settles_reference,
        .open_sizes = trace_kind_has_size[kind] && (type & FORM_SETTLES_SIZE) == 0,
        .alignments = kind == HB_OP_ALIGNED,
    };

    form.if_step = mask((type & FORM_SETTLES_STEP) != 0);
    form.if_open_age = mask(form.open_ages != 0);
    form.if_open_size = mask(form.open_sizes != 0);
    form.if_reference = mask(form.references != 0);
    form.if_birth = mask(form.births != 0);
    form.open_sizes_and_alignments = form.open_sizes | (uint64_t)form.alignments << FORM_HALF;
    return form;
}

size_t trace_forms_plain(struct trace_form *forms) {
    for (uint8_t kind = 0; kind < HB_OP_KINDS; kind++)
        forms[kind] = form_make(kind);
    return HB_OP_KINDS;
}

static bool type_is_possible(uint8_t type) {
    uint8_t kind = type & FORM_KIND_MASK;
    uint8_t reference = type & (FORM_SETTLES_AGE | FORM_SETTLES_STEP);

    if (type >= FORM_TYPE_END || kind >= HB_OP_KINDS)
        return false;
    if (reference != 0 && !trace_kind_has_age[kind])
        return false;
    if ((type & FORM_SETTLES_SIZE) != 0 && !trace_kind_has_size[kind])
        return false;
    return reference != (FORM_SETTLES_AGE | FORM_SETTLES_STEP);
}

const char *trace_forms_read(struct trace_form *forms, const struct trace_block_head *head,
                             const uint8_t *types, const uint64_t *references,
                             const uint64_t *sizes) {
    uint64_t references_used = 0, sizes_used = 0;

    for (size_t i = 0; i < head->count[COLUMN_FORM_TYPE]; i++) {
        if (!type_is_possible(types[i]))
            return "an operation is of no known kind";
        forms[i] = form_make(types[i]);
        if (types[i] & (FORM_SETTLES_AGE | FORM_SETTLES_STEP)) {
            if (references_used == head->count[COLUMN_FORM_REFERENCE])
                return "its table of forms is cut short";
            forms[i].reference = references[references_used++];
            if (types[i] & FORM_SETTLES_STEP)
                forms[i].reference = 0 - trace_unzigzag(forms[i].reference);
        }
        if (types[i] & FORM_SETTLES_SIZE) {
            if (sizes_used == head->count[COLUMN_FORM_SIZE])
                return "its table of forms is cut short";
            forms[i].size = sizes[sizes_used++];
        }
    }
    if (references_used != head->count[COLUMN_FORM_REFERENCE] ||
        sizes_used != head->count[COLUMN_FORM_SIZE])
        return "its table of forms is too long";
    return NULL;
}
