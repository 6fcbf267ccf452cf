/* page.c -- the page around its parts. */
#include "harness/report/report.h"

#include <string.h>

#include "harness/report/html.h"
#include "hb_report_page.h"
#include "hb_revision.h"

static const struct {
    const char *id, *name;
} parts[] = {{"findings", "Findings"},
             {"means", "All traces"},
             {"figures", "Pictures"},
             {"traces", "Each trace"},
             {"machine", "Machine and commands"}};

static bool has_part(const struct hb_report *report, const char *id) {
    if (strcmp(id, "means") == 0)
        return report->summaries.count > 0;
    return strcmp(id, "figures") != 0 || report->has_plots;
}

static size_t allocators_count(const struct hb_report *report) {
    size_t count = 0;
    for (size_t i = 0; i < report->result_count; i++) {
        bool is_new = true;
        for (size_t j = 0; is_new && j < i; j++)
            is_new = strcmp(report->results[i].allocator, report->results[j].allocator) != 0;
        count += is_new;
    }
    return count;
}

static void head_write(FILE *file) {
    fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
          "style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action "
          "'none'\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<title>heapbench report</title>\n<style>\n",
          file);
    fputs(hb_report_css, file);
    fputs("</style>\n</head>\n", file);
}

static void top_write(FILE *file, const struct hb_report *report) {
    fputs("<body>\n<a class=\"skip\" href=\"#main\">Skip to the findings</a>\n<header>\n"
          "<h1>heapbench report</h1>\n",
          file);
    fprintf(file, "<p class=\"about\">%zu results: %zu allocators", report->result_count,
            allocators_count(report));
    fputs(report->caption[0] != '\0' ? "; " : "", file);
    hb_html_text(file, report->caption);
    fputs("</p>\n<nav aria-label=\"Parts\"><ul>\n", file);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (has_part(report, parts[i].id))
            fprintf(file, "<li><a href=\"#%s\">%s</a></li>\n", parts[i].id, parts[i].name);
    fputs("</ul></nav>\n</header>\n<main id=\"main\" tabindex=\"-1\">\n", file);
}

static void end_write(FILE *file) {
    fputs("</main>\n<footer class=\"about\">\n<p>Written by heapbench ", file);
    hb_html_text(file, HB_VERSION " (" HB_REVISION ")");
    fputs(". What the figures mean: docs/metrics.md; how they are compared: docs/statistics.md."
          "</p>\n</footer>\n<p class=\"status\" role=\"status\"></p>\n<script>\n",
          file);
    fputs(hb_report_js, file);
    fputs("</script>\n</body>\n</html>\n", file);
}

bool hb_report_write(FILE *file, const struct hb_report *report, char *error) {
    head_write(file);
    top_write(file, report);
    hb_report_findings(file, report);
    hb_report_means(file, report);
    if (report->has_plots && !hb_report_figures(file, report, error))
        return false;
    hb_report_cells(file, report);
    hb_report_runs(file, report);
    end_write(file);
    return true;
}
