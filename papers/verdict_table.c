/* verdict_table.c -- the table of verdicts: printed, and as the README.md of their folder. */
#include <stdlib.h>
#include <string.h>

#include "harness/table.h"
#include "papers/verdict.h"

enum { WIDTH_MIN = 60, WIDTH_OF_PIPES = 100, WIDTH_MAX = 120, BROKEN_INDENT = 4 };

void hb_verdicts_print(const struct hb_paper *const *papers, const char *out, FILE *file) {
    size_t width = hb_terminal_width(file, WIDTH_MIN, WIDTH_OF_PIPES, WIDTH_MAX);
    fprintf(file, "%-22s%-9s%-12s%s\n", "paper", "verdict", "conditions", "source");
    for (size_t i = 0; papers[i]; i++) {
        struct hb_paper_verdict verdict;
        char line[3 * HB_PAPER_TEXT_MAX];
        hb_verdict_read(papers[i], out, &verdict);
        if (!verdict.is_there)
            continue;
        fprintf(file, "%-22s%-9s%3zu of %-5zu%s%s\n", papers[i]->name, verdict.verdict,
                verdict.held_count, verdict.condition_count, papers[i]->source,
                verdict.is_quick ? " (quick)" : "");
        snprintf(line, sizeof line, "    does not hold: %s", verdict.broken);
        if (verdict.broken[0])
            hb_text_wrap(line, BROKEN_INDENT, width, file);
    }
}

static void row_write(const struct hb_paper *paper, const char *out, FILE *file) {
    struct hb_paper_verdict verdict;
    hb_verdict_read(paper, out, &verdict);
    if (verdict.is_there)
        fprintf(file, "| [%s](#%s) | %s | **%s**%s | %zu of %zu | %s |\n", paper->name, paper->name,
                paper->question, verdict.verdict, verdict.is_quick ? " (quick)" : "",
                verdict.held_count, verdict.condition_count, paper->source);
}

static void figures_write(const cJSON *root, const char *name, FILE *file) {
    const cJSON *figure;
    cJSON_ArrayForEach(figure, cJSON_GetObjectItem(root, "figures")) {
        const char *path = cJSON_GetStringValue(figure);
        if (path)
            fprintf(file, "\n![%s](%s/%s.png)\n", path, name, path);
    }
}

static void section_write(const struct hb_paper *paper, const char *out, FILE *file) {
    cJSON *root = hb_verdict_load(paper, out);
    const cJSON *item;
    if (!root)
        return;
    fprintf(file, "\n## %s\n\n%s\n\n", paper->name, paper->question);
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(root, "conditions")) {
        const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(item, "condition"));
        const char *otherwise = cJSON_GetStringValue(cJSON_GetObjectItem(item, "else"));
        bool holds = cJSON_IsTrue(cJSON_GetObjectItem(item, "holds"));
        fprintf(file, "- %s: %s\n", holds ? "holds" : otherwise, text ? text : "");
    }
    fputc('\n', file);
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(root, "notes")) {
        fprintf(file, "- note: %s\n", cJSON_GetStringValue(item));
    }
    figures_write(root, paper->name, file);
    cJSON_Delete(root);
}

bool hb_verdicts_write(const struct hb_paper *const *papers, const char *out) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%.4000s/README.md", out);
    FILE *file = fopen(path, "we");
    if (!file)
        return false;
    fputs("# Published results, measured again\n\nWritten by `heapbench reproduce`. A verdict is "
          "computed from its conditions: PASS if all hold, FAIL if\none that says FAIL does not, "
          "else PARTIAL.\n\n| paper | question | verdict | conditions | source |\n"
          "|---|---|---|---|---|\n",
          file);
    for (size_t i = 0; papers[i]; i++)
        row_write(papers[i], out, file);
    for (size_t i = 0; papers[i]; i++)
        section_write(papers[i], out, file);
    bool ok = !ferror(file);
    return fclose(file) == 0 && ok;
}
