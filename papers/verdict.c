#include "papers/verdict.h"

#include <stdlib.h>
#include <string.h>

#include "harness/machine.h"

enum { FILE_MAX = 1 << 20 };

static bool conditions_add(cJSON *root, const struct hb_paper_run *run) {
    cJSON *list = cJSON_AddArrayToObject(root, "conditions");
    for (size_t i = 0; list && i < run->condition_count; i++) {
        const struct hb_paper_condition *condition = &run->conditions[i];
        cJSON *item = cJSON_CreateObject();
        cJSON_AddBoolToObject(item, "holds", condition->holds);
        cJSON_AddStringToObject(
            item, "else",
            hb_verdict_names[condition->is_required ? HB_VERDICT_FAIL : HB_VERDICT_PARTIAL]);
        cJSON_AddStringToObject(item, "condition", condition->text);
        cJSON_AddItemToArray(list, item);
    }
    cJSON *notes = cJSON_AddArrayToObject(root, "notes");
    for (size_t i = 0; notes && i < run->note_count; i++)
        cJSON_AddItemToArray(notes, cJSON_CreateString(run->notes[i]));
    cJSON *figures = cJSON_AddArrayToObject(root, "figures");
    for (size_t i = 0; figures && i < run->figure_count; i++)
        cJSON_AddItemToArray(figures, cJSON_CreateString(run->figures[i]));
    return list && notes && figures;
}

bool hb_verdict_write(const struct hb_paper_run *run) {
    char path[PATH_MAX];
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "paper", run->paper->name);
    cJSON_AddStringToObject(root, "source", run->paper->source);
    cJSON_AddStringToObject(root, "question", run->paper->question);
    cJSON_AddStringToObject(root, "verdict", hb_verdict_names[hb_paper_verdict(run)]);
    cJSON_AddBoolToObject(root, "quick", run->is_quick);
    cJSON_AddStringToObject(root, "git_revision", hb_machine_revision());
    bool ok = conditions_add(root, run);
    char *text = ok ? cJSON_Print(root) : NULL;
    snprintf(path, sizeof path, "%.4000s/verdict.json", run->folder);
    FILE *file = text ? fopen(path, "wxe") : NULL;
    ok = file && fprintf(file, "%s\n", text) > 0;
    ok = file && fclose(file) == 0 && ok;
    free(text);
    cJSON_Delete(root);
    return ok;
}

cJSON *hb_verdict_load(const struct hb_paper *paper, const char *out) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%.3000s/%s/verdict.json", out, paper->name);
    FILE *file = fopen(path, "re");
    char *text = file ? calloc(1, FILE_MAX) : NULL;
    cJSON *root = NULL;
    if (text && fread(text, 1, FILE_MAX - 1, file) > 0)
        root = cJSON_Parse(text);
    if (file)
        fclose(file);
    free(text);
    return root;
}

void hb_verdict_read(const struct hb_paper *paper, const char *out,
                     struct hb_paper_verdict *verdict) {
    *verdict = (struct hb_paper_verdict){.is_there = false};
    cJSON *root = hb_verdict_load(paper, out), *condition;
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(root, "verdict"));
    const char *revision = cJSON_GetStringValue(cJSON_GetObjectItem(root, "git_revision"));
    verdict->is_there = text != NULL;
    verdict->is_quick = cJSON_IsTrue(cJSON_GetObjectItem(root, "quick"));
    snprintf(verdict->verdict, sizeof verdict->verdict, "%s", text ? text : "");
    snprintf(verdict->revision, sizeof verdict->revision, "%s", revision ? revision : "");
    cJSON_ArrayForEach(condition, cJSON_GetObjectItem(root, "conditions")) {
        const char *said = cJSON_GetStringValue(cJSON_GetObjectItem(condition, "condition"));
        bool holds = cJSON_IsTrue(cJSON_GetObjectItem(condition, "holds"));
        verdict->condition_count++;
        verdict->held_count += holds;
        if (!holds && !verdict->broken[0] && said)
            snprintf(verdict->broken, sizeof verdict->broken, "%s", said);
    }
    cJSON_Delete(root);
}
