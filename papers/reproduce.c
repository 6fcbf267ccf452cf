#include "papers/reproduce.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/folder.h"
#include "harness/machine.h"
#include "harness/passes/spawn.h"
#include "harness/progress.h"
#include "papers/verdict.h"

/* What a killed run has left there goes. */
static bool run_open(struct hb_paper_run *run, const struct hb_paper *paper, const char *out,
                     bool is_quick) {
    *run = (struct hb_paper_run){.paper = paper, .is_quick = is_quick};
    int length = snprintf(run->folder, sizeof run->folder, "%s/.%s.partial", out, paper->name);
    if (length >= (int)sizeof run->folder - NAME_MAX)
        return hb_paper_fail(run, "the path %.200s... is too long", out);
    hb_folder_remove(run->folder);
    if (mkdir(run->folder, 0777) != 0)
        return hb_paper_fail(run, "the folder %.300s cannot be made: %s", run->folder,
                             strerror(errno));
    return true;
}

static bool files_close(struct hb_paper_run *run) {
    bool ok = true;
    for (size_t i = 0; i < run->file_count; i++) {
        ok = !ferror(run->files[i]) && fflush(run->files[i]) == 0 && ok;
        ok = fclose(run->files[i]) == 0 && ok;
    }
    run->file_count = 0;
    return ok || hb_paper_fail(run, "data could not be written: %s", strerror(errno));
}

static bool run_keep(struct hb_paper_run *run, const char *out) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%.3000s/%s", out, run->paper->name);
    if (run->is_cut_short)
        return hb_paper_fail(run, "more conditions, notes or files than there is room for");
    if (!hb_verdict_write(run))
        return hb_paper_fail(run, "verdict.json could not be written: %s", strerror(errno));
    if (rename(run->folder, path) != 0)
        return hb_paper_fail(run, "%.300s could not be kept: %s", path, strerror(errno));
    return true;
}

enum hb_reproduced hb_reproduce(const struct hb_paper *paper, const char *out, bool is_quick,
                                char *error) {
    struct hb_paper_verdict before;
    hb_verdict_read(paper, out, &before);
    if (before.is_there)
        return before.is_quick == is_quick ? HB_REPRODUCED_BEFORE : HB_REPRODUCED_OTHERWISE;
    struct hb_paper_run *run = malloc(sizeof *run);
    if (!run) {
        snprintf(error, HB_PAPER_ERROR_MAX, "not enough memory");
        return HB_REPRODUCED_NOT;
    }
    bool opened = run_open(run, paper, out, is_quick);
    bool measured = opened && paper->measure(run);
    hb_progress_clear();
    bool closed = files_close(run);
    bool kept = measured && closed && !hb_interrupted() && run_keep(run, out);
    if (opened && !kept)
        hb_folder_remove(run->folder);
    snprintf(error, HB_PAPER_ERROR_MAX, "%s",
             run->error[0]      ? run->error
             : hb_interrupted() ? "interrupted"
                                : "it could not be measured");
    free(run);
    return kept ? HB_REPRODUCED : HB_REPRODUCED_NOT;
}
