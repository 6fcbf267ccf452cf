#include "harness/passes/adversary.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/passes/spawn.h"

enum { LIVE_MOST = 1 << 20, COUNT_MOST = 1000, WIDTH_LEAST = 8, WIDTH_MOST = 1 << 16 };
enum { UNIT_MOST = 1 << 14, UNIT = 32, HEADER = 8, TIMEOUT_S = 60 };
#define REQUEST_MOST UINT64_C(0x7fffffff)

const struct hb_adversary_kind hb_adversary_kinds[] = {
    {"robson", "makes any allocator waste: M units live, sizes 1 to n, powers of two",
     "Robson 1971; Robson 1974"},
    {"bestfit", "makes best fit waste: sizes to m, the pattern repeated K times",
     "Robson 1977; Knuth, TAOCP 1, 2.5-42"},
    {NULL, NULL, NULL}};

struct parameter {
    const char *key;
    size_t offset; /* in struct adversary_job */
    uint64_t least, most;
};

#define AT(field) offsetof(struct adversary_job, field)
static const struct parameter parameters[2][4] = {
    {{"M", AT(live), 2, LIVE_MOST},
     {"n", AT(sizes), 1, LIVE_MOST},
     {"unit", AT(unit), 16, UNIT_MOST},
     {"header", AT(header), 0, UNIT_MOST}},
    {{"m", AT(width), WIDTH_LEAST, WIDTH_MOST},
     {"K", AT(count), 2, COUNT_MOST},
     {"unit", AT(unit), 16, UNIT_MOST},
     {"header", AT(header), 0, UNIT_MOST}},
};
enum { PARAMETERS = 4, OWN = 2 };

static uint64_t *field_of(struct adversary_job *job, const struct parameter *parameter) {
    return (uint64_t *)((char *)job + parameter->offset);
}

static bool parameter_parse(struct hb_adversary *adversary, const char *item, size_t length,
                            char *error) {
    const struct parameter *known = parameters[adversary->job.kind];
    for (int i = 0; i < PARAMETERS; i++) {
        size_t key = strlen(known[i].key);
        if (strncmp(item, known[i].key, key) != 0 || item[key] != '=')
            continue;
        char *end;
        const char *digits = item + key + 1;
        errno = 0;
        uint64_t value = strtoull(digits, &end, 10);
        bool is_number = *digits >= '0' && *digits <= '9' && end == item + length && errno == 0;
        if (is_number && value >= known[i].least && value <= known[i].most) {
            *field_of(&adversary->job, &known[i]) = value;
            adversary->has_header |= known[i].offset == AT(header);
            return true;
        }
        snprintf(error, HB_ADVERSARY_ERROR_MAX, "%.*s: %s is a number from %llu to %llu",
                 (int)length, item, known[i].key, (unsigned long long)known[i].least,
                 (unsigned long long)known[i].most);
        return false;
    }
    snprintf(error, HB_ADVERSARY_ERROR_MAX,
             "adversary %s: no parameter '%.*s'; it takes %s, %s, "
             "unit, header",
             hb_adversary_kinds[adversary->job.kind].name, (int)length, item, known[0].key,
             known[1].key);
    return false;
}

/* What no single parameter can tell. */
static bool job_is_sound(const struct hb_adversary *adversary, char *error) {
    const struct adversary_job *job = &adversary->job;
    const char *wrong = NULL;
    if (job->kind == ADVERSARY_ROBSON && (job->sizes & (job->sizes - 1) || job->sizes > job->live))
        wrong = "n is a power of two, M at least";
    else if (job->kind == ADVERSARY_ROBSON && job->live % 2)
        wrong = "M is even";
    else if (job->header >= job->unit)
        wrong = "header is less than unit";
    else if ((job->sizes + job->width) * job->unit > REQUEST_MOST)
        wrong = "the largest request, size times unit, is below 2 GiB";
    if (wrong)
        snprintf(error, HB_ADVERSARY_ERROR_MAX, "adversary %s: %s",
                 hb_adversary_kinds[job->kind].name, wrong);
    return !wrong;
}

static void canonical_write(struct hb_adversary *adversary) {
    const struct parameter *known = parameters[adversary->job.kind];
    char *text = adversary->canonical;
    size_t used = (size_t)snprintf(text, HB_ADVERSARY_TEXT_MAX, "%s",
                                   hb_adversary_kinds[adversary->job.kind].name);
    for (int i = 0; i < PARAMETERS; i++) {
        bool is_said = i < OWN || (i == OWN && adversary->job.unit != UNIT) ||
                       (i > OWN && adversary->has_header);
        if (is_said)
            used += (size_t)snprintf(text + used, HB_ADVERSARY_TEXT_MAX - used, ":%s=%llu",
                                     known[i].key,
                                     (unsigned long long)*field_of(&adversary->job, &known[i]));
    }
}

static bool kind_parse(const char *text, size_t length, uint32_t *kind, char *error) {
    for (*kind = 0; hb_adversary_kinds[*kind].name; ++*kind)
        if (strlen(hb_adversary_kinds[*kind].name) == length &&
            strncmp(text, hb_adversary_kinds[*kind].name, length) == 0)
            return true;
    snprintf(error, HB_ADVERSARY_ERROR_MAX,
             "there is no adversary '%.*s'; there are robson and bestfit", (int)length, text);
    return false;
}

bool hb_adversary_parse(const char *text, struct hb_adversary *adversary, char *error) {
    size_t length = strcspn(text, ":");
    *adversary = (struct hb_adversary){.job = {.unit = UNIT, .header = HEADER}};
    if (!kind_parse(text, length, &adversary->job.kind, error))
        return false;
    if (adversary->job.kind == ADVERSARY_ROBSON) {
        adversary->job.live = 4096;
        adversary->job.sizes = 1024;
    } else {
        adversary->job.width = 32;
        adversary->job.count = 120;
    }
    for (text += length; *text; text += length) {
        length = strcspn(++text, ":");
        if (!parameter_parse(adversary, text, length, error))
            return false;
    }
    canonical_write(adversary);
    return job_is_sound(adversary, error);
}

static bool family_has(const struct hb_family *family, const struct hb_option *option) {
    for (size_t i = 0; family->options && family->options[i]; i++)
        if (family->options[i] == option)
            return true;
    return false;
}

bool hb_adversary_prepare(struct hb_spec *spec, char *error) {
    const struct {
        const struct hb_option *option;
        uint64_t *value, wanted;
    } wishes[] = {{&hb_option_grow, &spec->config.grow, UNIT},
                  {&hb_option_trim, &spec->config.trim, HB_OFF},
                  {&hb_option_mmap_threshold, &spec->config.mmap_threshold, HB_OFF}};
    if (spec->config.scale != 1 || spec->family->is_floor || spec->family->never_frees) {
        snprintf(error, HB_ADVERSARY_ERROR_MAX,
                 "%.200s: adversaries want an allocator that frees, "
                 "at scale=1",
                 spec->canonical);
        return false;
    }
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++)
        if (family_has(spec->family, wishes[i].option) &&
            *wishes[i].value == wishes[i].option->initial)
            *wishes[i].value = wishes[i].wanted;
    if (!spec->library[0] && !spec->family->is_foreign)
        hb_config_canonical(&spec->config, spec->family, spec->canonical);
    return true;
}

/* Objects live at once, and operations, at most. Robson: each step requests M / m objects at most.
 * The attack: six requests for each step down, of k at step k. */
static void sizes_plan(struct adversary_job *job, uint64_t *slots) {
    if (job->kind == ADVERSARY_ROBSON) {
        *slots = job->live;
        job->words_max = 4 * job->live;
    } else {
        *slots = job->count + 4 * job->width;
        job->words_max = 2 * (3 + 6 * job->count + 3 * job->count * job->count);
    }
}

static bool program_make(struct hb_program *program, struct adversary_job *job) {
    uint64_t slots;
    sizes_plan(job, &slots);
    size_t bytes = sizeof *program->header + 3 * job->words_max * sizeof(uint64_t);
    *program = (struct hb_program){.file = memfd_create("heapbench-adversary", MFD_CLOEXEC)};
    if (program->file < 0 || ftruncate(program->file, (off_t)bytes) != 0)
        return false;
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, program->file, 0);
    if (memory == MAP_FAILED)
        return false;
    program->header = memory;
    program->capacity = bytes;
    *program->header =
        (struct program_header){.magic = PROGRAM_MAGIC,
                                .slot_count = slots,
                                .scale = 1,
                                .largest_request = (job->sizes + job->width) * job->unit,
                                .bytes = bytes};
    return true;
}

static void result_fill(struct hb_adversary_result *result, const struct adversary_job *job,
                        const struct report *report) {
    *result = (struct hb_adversary_result){
        .unit = job->unit,
        .header = job->header,
        .ops = report->ops,
        .live_units = report->peak_live_bytes / job->unit,
        .span_bytes = report->span_bytes,
        .span_units = report->span_units,
        .footprint_bytes = report->sees_footprint ? report->peak_footprint_bytes : UINT64_MAX,
        .resident_peak_bytes = report->peak_resident_bytes};
}

static bool job_play(const struct adversary_job *adversary, const struct hb_spec *spec,
                     const struct hb_program *program, struct hb_adversary_result *result,
                     char *error) {
    struct job job;
    struct report *report = malloc(sizeof *report);
    hb_job_init(&job, JOB_ADVERSARY, spec->canonical);
    snprintf(job.library, sizeof job.library, "%s", spec->library);
    job.adversary = *adversary;
    job.touch = TOUCH_PAGE;
    job.timeout_s = TIMEOUT_S;
    bool played = report && hb_worker_run(&job, program, report, error);
    if (played)
        result_fill(result, adversary, report);
    free(report);
    return played;
}

/* A header of 8 is what ours and glibc's put before a payload. The size classes of the others have
 * none. */
static struct adversary_job job_for(const struct hb_adversary *adversary,
                                    const struct hb_spec *spec) {
    struct adversary_job job = adversary->job;
    if (!adversary->has_header)
        job.header = spec->library[0] ? 0 : HEADER;
    return job;
}

bool hb_adversary_run(const struct hb_adversary *adversary, const struct hb_spec *spec,
                      struct hb_program *program, struct hb_adversary_result *result, char *error) {
    struct adversary_job job = job_for(adversary, spec);
    struct hb_program own;
    bool made = program_make(&own, &job);
    if (!made)
        snprintf(error, HB_ADVERSARY_ERROR_MAX, "not enough memory for the adversary's program");
    bool played = made && job_play(&job, spec, &own, result, error);
    if (played && program)
        *program = own;
    else
        hb_program_free(&own);
    return played;
}

bool hb_adversary_replay(const struct hb_adversary *adversary, const struct hb_spec *spec,
                         const struct hb_program *program, struct hb_adversary_result *result,
                         char *error) {
    uint64_t slots;
    struct adversary_job job = adversary->job;
    sizes_plan(&job, &slots);
    job.kind = ADVERSARY_REPLAY;
    return job_play(&job, spec, program, result, error);
}

int64_t hb_adversary_place(const struct hb_adversary *adversary, const struct hb_program *program,
                           uint64_t op) {
    uint64_t slots;
    struct adversary_job job = adversary->job;
    sizes_plan(&job, &slots);
    return ((const int64_t *)program_words(program->header))[2 * job.words_max + op];
}

uint64_t hb_robson_bound(uint64_t live, uint64_t sizes) {
    unsigned log2 = (unsigned)__builtin_ctzll(sizes);
    return live + live / 2 * log2 - sizes + 1;
}
