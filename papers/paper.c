#include "papers/paper.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "harness/passes/spawn.h"
#include "harness/progress.h"

const char *const hb_verdict_names[] = {"PASS", "PARTIAL", "FAIL"};

FILE *hb_paper_data(struct hb_paper_run *run, const char *name, const char *heading) {
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s", run->folder, name);
    bool has_room = run->file_count < HB_PAPER_FILES_MAX && length < PATH_MAX;
    FILE *file = has_room ? fopen(path, "wxe") : NULL;
    if (!file) {
        hb_paper_fail(run, "%s cannot be written: %s", name, strerror(errno));
        return NULL;
    }
    run->files[run->file_count++] = file;
    fprintf(file, "%s\n", heading);
    return file;
}

__attribute__((format(printf, 4, 0))) static void condition_add(struct hb_paper_run *run,
                                                                bool holds, bool is_required,
                                                                const char *format,
                                                                va_list arguments) {
    if (run->condition_count == HB_PAPER_CONDITIONS_MAX) {
        run->is_cut_short = true;
        return;
    }
    struct hb_paper_condition *condition = &run->conditions[run->condition_count++];
    condition->holds = holds;
    condition->is_required = is_required;
    vsnprintf(condition->text, sizeof condition->text, format, arguments);
}

void hb_paper_require(struct hb_paper_run *run, bool holds, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    condition_add(run, holds, true, format, arguments);
    va_end(arguments);
}

void hb_paper_expect(struct hb_paper_run *run, bool holds, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    condition_add(run, holds, false, format, arguments);
    va_end(arguments);
}

void hb_paper_note(struct hb_paper_run *run, const char *format, ...) {
    va_list arguments;
    if (run->note_count == HB_PAPER_NOTES_MAX) {
        run->is_cut_short = true;
        return;
    }
    va_start(arguments, format);
    vsnprintf(run->notes[run->note_count++], HB_PAPER_TEXT_MAX, format, arguments);
    va_end(arguments);
}

bool hb_paper_fail(struct hb_paper_run *run, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    if (!run->error[0])
        vsnprintf(run->error, sizeof run->error, format, arguments);
    va_end(arguments);
    return false;
}

bool hb_paper_step(struct hb_paper_run *run, const char *what, size_t step, size_t steps) {
    hb_progress_draw(run->paper->name, what, step, steps);
    return hb_interrupted() == 0;
}

enum hb_verdict hb_paper_verdict(const struct hb_paper_run *run) {
    enum hb_verdict verdict = run->condition_count ? HB_VERDICT_PASS : HB_VERDICT_FAIL;
    for (size_t i = 0; i < run->condition_count; i++) {
        enum hb_verdict worst = run->conditions[i].holds         ? HB_VERDICT_PASS
                                : run->conditions[i].is_required ? HB_VERDICT_FAIL
                                                                 : HB_VERDICT_PARTIAL;
        verdict = worst > verdict ? worst : verdict;
    }
    return verdict;
}
