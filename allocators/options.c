/* options.c -- the option table, its parser and its canonical text. */
#include "allocators/options.h"

#include <string.h>

#include "allocators/allocator.h"
#include "allocators/text.h"

#define AT(member) offsetof(struct hb_config, member)

static const char *const order_names[] = {"address", "lifo", "fifo", NULL};
static const char *const index_names[] = {"tree", "list", NULL};
static const char *const system_names[] = {"binary", "fibonacci", "weighted", "double", NULL};
static const char *const fit_names[] = {"best", "first", "segregated", "tlsf", NULL};
static const char *const refill_names[] = {"fit", "tail", NULL};
static const char *const coalesce_names[] = {"immediate", "deferred", "none", NULL};
static const char *const classes_names[] = {"pow2", "pow2x3", "geometric", NULL};
static const char *const backend_names[] = {"sbrk", "mmap", NULL};
static const char *const guard_names[] = {"off", "on", NULL};
static const char *const preset_names[] = {"default", "paper", NULL};

const struct hb_option hb_option_order = {.key = "order",
                                          .help =
                                              "which of several fitting free blocks ranks first",
                                          .kind = HB_OPTION_CHOICE,
                                          .offset = AT(order),
                                          .choices = order_names};
const struct hb_option hb_option_index = {
    .key = "index",
    .help = "how a free block is found; both place every block alike",
    .kind = HB_OPTION_CHOICE,
    .offset = AT(index),
    .choices = index_names};
const struct hb_option hb_option_coalesce = {
    .key = "coalesce",
    .help = "when freed blocks merge: at once, when nothing fits, never",
    .kind = HB_OPTION_CHOICE,
    .offset = AT(coalesce),
    .choices = coalesce_names};
const struct hb_option hb_option_split = {.key = "split",
                                          .help = "a remainder this large becomes a free block",
                                          .kind = HB_OPTION_BYTES,
                                          .offset = AT(split),
                                          .initial = 32,
                                          .minimum = 32,
                                          .maximum = 1 << 30,
                                          .multiple = 16};
const struct hb_option hb_option_fit = {.key = "fit",
                                        .help = "the general fit behind the quick lists",
                                        .kind = HB_OPTION_CHOICE,
                                        .offset = AT(fit),
                                        .choices = fit_names};
const struct hb_option hb_option_quick = {.key = "quick",
                                          .help = "largest block, header included, on quick lists",
                                          .kind = HB_OPTION_BYTES,
                                          .offset = AT(quick),
                                          .initial = 256,
                                          .minimum = 32,
                                          .maximum = 4096,
                                          .multiple = 16};
const struct hb_option hb_option_refill = {.key = "refill",
                                           .help = "whence a block comes when its list is empty",
                                           .kind = HB_OPTION_CHOICE,
                                           .offset = AT(refill),
                                           .choices = refill_names};
const struct hb_option hb_option_sl = {.key = "sl",
                                       .help = "lists for each power of two, as log2",
                                       .kind = HB_OPTION_NUMBER,
                                       .offset = AT(sl),
                                       .initial = 5,
                                       .minimum = 1,
                                       .maximum = 6,
                                       .multiple = 1};
const struct hb_option hb_option_system = {.key = "system",
                                           .help = "sizes of blocks and how they split",
                                           .kind = HB_OPTION_CHOICE,
                                           .offset = AT(system),
                                           .choices = system_names};
const struct hb_option hb_option_classes = {.key = "classes",
                                            .help = "sizes of slots",
                                            .kind = HB_OPTION_CHOICE,
                                            .offset = AT(classes),
                                            .choices = classes_names};
const struct hb_option hb_option_backend = {
    .key = "backend",
    .help = "heap from the program break, or from a reserved region",
    .kind = HB_OPTION_CHOICE,
    .offset = AT(backend),
    .choices = backend_names};
const struct hb_option hb_option_grow = {.key = "grow",
                                         .help = "step in which the break grows",
                                         .kind = HB_OPTION_BYTES,
                                         .offset = AT(grow),
                                         .initial = 64 << 10,
                                         .minimum = 32,
                                         .maximum = 1 << 30,
                                         .multiple = 16};
const struct hb_option hb_option_trim = {.key = "trim",
                                         .help = "a free tail this large lowers the break",
                                         .kind = HB_OPTION_BYTES,
                                         .offset = AT(trim),
                                         .initial = 128 << 10,
                                         .minimum = 16,
                                         .maximum = (uint64_t)1 << 40,
                                         .multiple = 16,
                                         .may_be_off = true};
const struct hb_option hb_option_mmap_threshold = {
    .key = "mmap_threshold",
    .help = "requests this large get a span of their own",
    .kind = HB_OPTION_BYTES,
    .offset = AT(mmap_threshold),
    .initial = 128 << 10,
    .minimum = 16,
    .maximum = (uint64_t)1 << 40,
    .multiple = 16,
    .may_be_off = true};
const struct hb_option hb_option_decay = {
    .key = "decay",
    .help = "a free tail not needed for this many allocations may go",
    .kind = HB_OPTION_NUMBER,
    .offset = AT(decay),
    .initial = 1 << 20,
    .minimum = 0,
    .maximum = UINT64_MAX - 1,
    .multiple = 1,
    .may_be_off = true};
const struct hb_option hb_option_preset = {.key = "preset",
                                           .help = "paper: grow=4096, mmap_threshold=off, trim=off",
                                           .kind = HB_OPTION_CHOICE,
                                           .offset = AT(preset),
                                           .choices = preset_names};
const struct hb_option hb_option_scale = {
    .key = "scale",
    .help = "multiply requests, divide sizes: headers nearly vanish",
    .kind = HB_OPTION_NUMBER,
    .offset = AT(scale),
    .initial = 1,
    .minimum = 1,
    .maximum = 1024,
    .multiple = 1};
const struct hb_option hb_option_limit = {.key = "limit",
                                          .help = "the system gives no more than this",
                                          .kind = HB_OPTION_BYTES,
                                          .offset = AT(limit),
                                          .initial = HB_OFF,
                                          .minimum = 0,
                                          .maximum = (uint64_t)1 << 46,
                                          .multiple = 1,
                                          .may_be_off = true};
const struct hb_option hb_option_fail_at = {
    .key = "fail_at",
    .help = "the system refuses this request for memory, counted from 1",
    .kind = HB_OPTION_NUMBER,
    .offset = AT(fail_at),
    .initial = HB_OFF,
    .minimum = 1,
    .maximum = UINT64_MAX - 1,
    .multiple = 1,
    .may_be_off = true};
const struct hb_option hb_option_guard = {
    .key = "guard",
    .help = "a canary behind each payload and a sealed header: misuse is said and aborts",
    .kind = HB_OPTION_CHOICE,
    .offset = AT(guard),
    .choices = guard_names};

static const struct hb_option *const every_option[] = {
    &hb_option_order,    &hb_option_index,          &hb_option_fit,
    &hb_option_quick,    &hb_option_refill,         &hb_option_sl,
    &hb_option_system,   &hb_option_classes,        &hb_option_backend,
    &hb_option_coalesce, &hb_option_split,          &hb_option_grow,
    &hb_option_trim,     &hb_option_mmap_threshold, &hb_option_decay,
    &hb_option_limit,    &hb_option_scale,          &hb_option_preset,
    &hb_option_fail_at,  &hb_option_guard};

static uint64_t *config_value(struct hb_config *config, const struct hb_option *option) {
    return (uint64_t *)((char *)config + option->offset);
}

static uint64_t config_get(const struct hb_config *config, const struct hb_option *option) {
    return *(const uint64_t *)((const char *)config + option->offset);
}

void hb_config_init(struct hb_config *config) {
    memset(config, 0, sizeof *config);
    for (size_t i = 0; i < sizeof every_option / sizeof *every_option; i++)
        *config_value(config, every_option[i]) = every_option[i]->initial;
}

static bool parse_digits(const char **text, uint64_t *number) {
    const char *at = *text;
    uint64_t value = 0;
    while (*at >= '0' && *at <= '9')
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*at++ - '0'), &value))
            return false;
    if (at == *text)
        return false;
    *text = at;
    *number = value;
    return true;
}

static bool parse_suffix(const char **text, uint64_t *number) {
    static const char suffixes[] = "KMG";
    const char *suffix = **text ? strchr(suffixes, **text) : NULL;
    if (!suffix)
        return true;
    (*text)++;
    return !__builtin_mul_overflow(*number, (uint64_t)1024 << 10 * (suffix - suffixes), number);
}

static bool parse_choice(const struct hb_option *option, const char *text, uint64_t *value) {
    for (uint64_t i = 0; option->choices[i]; i++)
        if (strcmp(option->choices[i], text) == 0) {
            *value = i;
            return true;
        }
    return false;
}

static bool parse_value(const struct hb_option *option, const char *text, uint64_t *value) {
    if (option->kind == HB_OPTION_CHOICE)
        return parse_choice(option, text, value);
    if (option->may_be_off && strcmp(text, "off") == 0) {
        *value = HB_OFF;
        return true;
    }
    if (!parse_digits(&text, value))
        return false;
    if (option->kind == HB_OPTION_BYTES && !parse_suffix(&text, value))
        return false;
    return !*text && *value >= option->minimum && *value <= option->maximum &&
           *value % option->multiple == 0;
}

static void describe_values(const struct hb_option *option, struct hb_text *text) {
    if (option->kind == HB_OPTION_CHOICE) {
        for (size_t i = 0; option->choices[i]; i++) {
            hb_text_add(text, i ? ", " : "");
            hb_text_add(text, option->choices[i]);
        }
        return;
    }
    hb_text_add_number(text, option->minimum);
    hb_text_add(text, " to ");
    hb_text_add_number(text, option->maximum);
    hb_text_add(text, option->kind == HB_OPTION_BYTES ? " bytes (K, M, G allowed)" : "");
    if (option->multiple > 1) {
        hb_text_add(text, ", a multiple of ");
        hb_text_add_number(text, option->multiple);
    }
    hb_text_add(text, option->may_be_off ? ", or off" : "");
}

static void complain_value(const struct hb_option *option, const struct hb_family *family,
                           const char *value, char *error) {
    struct hb_text text = hb_text_start(error, HB_OPTION_ERROR_MAX);
    hb_text_add(&text, family->name);
    hb_text_add(&text, ": '");
    hb_text_add(&text, value);
    hb_text_add(&text, "' is no value of ");
    hb_text_add(&text, option->key);
    hb_text_add(&text, "; it takes ");
    describe_values(option, &text);
}

static void complain_key(const struct hb_family *family, const char *key, char *error) {
    struct hb_text text = hb_text_start(error, HB_OPTION_ERROR_MAX);
    hb_text_add(&text, family->name);
    hb_text_add(&text, " has no option '");
    hb_text_add(&text, key);
    hb_text_add(&text, family->options[0] ? "'; it knows " : "'; it has none");
    for (size_t i = 0; family->options[i]; i++) {
        hb_text_add(&text, i ? ", " : "");
        hb_text_add(&text, family->options[i]->key);
    }
}

static void apply_preset(struct hb_config *config) {
    if (config->preset == HB_PRESET_PAPER) {
        config->grow = 4096;
        config->mmap_threshold = HB_OFF;
        config->trim = HB_OFF;
    } else {
        config->grow = hb_option_grow.initial;
        config->mmap_threshold = hb_option_mmap_threshold.initial;
        config->trim = hb_option_trim.initial;
    }
}

static const struct hb_option *find_option(const struct hb_family *family, const char *key) {
    for (size_t i = 0; family->options[i]; i++)
        if (strcmp(family->options[i]->key, key) == 0)
            return family->options[i];
    return NULL;
}

static bool apply_one(struct hb_config *config, const struct hb_family *family, char *item,
                      char *error) {
    char *value = strchr(item, '=');
    if (value)
        *value++ = '\0';
    const struct hb_option *option = find_option(family, item);
    if (!option) {
        complain_key(family, item, error);
        return false;
    }
    uint64_t number = 0;
    if (!value || !parse_value(option, value, &number)) {
        complain_value(option, family, value ? value : "", error);
        return false;
    }
    *config_value(config, option) = number;
    if (option == &hb_option_preset)
        apply_preset(config);
    return true;
}

/* Copy the next item of a spec, up to an unescaped colon; false when it is too long. */
static bool take_item(const char **options, char *item, size_t size) {
    size_t length = 0;
    const char *at = *options;
    for (; *at && *at != ':'; at++) {
        if (*at == '\\' && at[1])
            at++;
        if (length + 1 >= size)
            return false;
        item[length++] = *at;
    }
    item[length] = '\0';
    *options = *at ? at + 1 : at;
    return true;
}

bool hb_config_apply(struct hb_config *config, const struct hb_family *family, const char *options,
                     char *error) {
    char item[HB_SPEC_MAX];
    while (*options) {
        if (!take_item(&options, item, sizeof item)) {
            struct hb_text text = hb_text_start(error, HB_OPTION_ERROR_MAX);
            hb_text_add(&text, family->name);
            hb_text_add(&text, ": an option is too long");
            return false;
        }
        if (!apply_one(config, family, item, error))
            return false;
    }
    return true;
}

void hb_option_text(const struct hb_option *option, uint64_t value, char *text) {
    struct hb_text out = hb_text_start(text, 32);
    if (option->kind == HB_OPTION_CHOICE)
        hb_text_add(&out, option->choices[value]);
    else if (value == HB_OFF)
        hb_text_add(&out, "off");
    else
        hb_text_add_number(&out, value);
}

void hb_config_canonical(const struct hb_config *config, const struct hb_family *family,
                         char *text) {
    struct hb_text out = hb_text_start(text, HB_SPEC_MAX);
    char value[32];
    hb_text_add(&out, family->name);
    for (size_t i = 0; family->options[i]; i++) {
        const struct hb_option *option = family->options[i];
        if (option == &hb_option_preset || config_get(config, option) == option->initial)
            continue;
        hb_option_text(option, config_get(config, option), value);
        hb_text_add(&out, ":");
        hb_text_add(&out, option->key);
        hb_text_add(&out, "=");
        hb_text_add(&out, value);
    }
}
