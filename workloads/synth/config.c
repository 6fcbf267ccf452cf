#include "workloads/synth/config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "workloads/trace_format.h"

static void *config_at(struct synth_config *config, const struct synth_option *option) {
    return (char *)config + option->offset;
}

static uint64_t config_number(const struct synth_config *config,
                              const struct synth_option *option) {
    return *(const uint64_t *)((const char *)config + option->offset);
}

static const char *config_text(const struct synth_config *config,
                               const struct synth_option *option) {
    return (const char *)config + option->offset;
}

void synth_config_init(struct synth_config *config, const struct synth_use *uses) {
    memset(config, 0, sizeof *config);
    for (; uses->option; uses++)
        if (uses->option->kind != SYNTH_TEXT)
            *(uint64_t *)config_at(config, uses->option) = uses->initial;
}

/* Digits, then K, M or G where bytes are meant. */
static bool number_parse(const struct synth_option *option, const char *text, uint64_t *number) {
    static const char suffixes[] = "KMG";
    const char *at = text, *suffix;
    uint64_t value = 0;
    for (; *at >= '0' && *at <= '9'; at++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*at - '0'), &value))
            return false;
    if (at == text)
        return false;
    if (option->kind == SYNTH_BYTES && *at && (suffix = strchr(suffixes, *at)) != NULL) {
        at++;
        if (__builtin_mul_overflow(value, (uint64_t)1024 << 10 * (suffix - suffixes), &value))
            return false;
    }
    *number = value;
    return !*at && value >= option->minimum && value <= option->maximum;
}

static bool value_parse(struct synth_config *config, const struct synth_option *option,
                        const char *text) {
    void *at = config_at(config, option);
    if (option->kind == SYNTH_TEXT) {
        memset(at, 0, HB_SYNTH_FROM_MAX); /* nothing of an earlier value stays */
        snprintf(at, HB_SYNTH_FROM_MAX, "%s", text);
        return *text && strlen(text) < HB_SYNTH_FROM_MAX;
    }
    if (option->kind != SYNTH_CHOICE)
        return number_parse(option, text, at);
    for (uint64_t i = 0; option->choices[i]; i++)
        if (strcmp(option->choices[i], text) == 0) {
            *(uint64_t *)at = i;
            return true;
        }
    return false;
}

/* What an option takes, as words. */
static void values_describe(const struct synth_option *option, char *text, size_t size) {
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; option->choices && option->choices[i] && used < size; i++)
        used +=
            (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "", option->choices[i]);
    if (option->kind == SYNTH_TEXT)
        snprintf(text, size, "the name of a trace, or its path with a '/'");
    if (option->kind == SYNTH_NUMBER || option->kind == SYNTH_BYTES)
        snprintf(text, size, "%" PRIu64 " to %" PRIu64 "%s", option->minimum, option->maximum,
                 option->kind == SYNTH_BYTES ? " bytes (K, M, G allowed)" : "");
}

static void keys_describe(const struct synth_use *uses, char *text, size_t size) {
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; uses[i].option && used < size; i++)
        used +=
            (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "", uses[i].option->key);
}

static bool item_apply(struct synth_config *config, const struct synth_use *uses, const char *name,
                       char *item, char *error) {
    char text[HB_TRACE_ERROR_MAX / 2];
    char *value = strchr(item, '=');
    if (value)
        *value++ = '\0';
    for (; uses->option && strcmp(uses->option->key, item) != 0; uses++)
        continue;
    if (!uses->option)
        return false;
    if (value && value_parse(config, uses->option, value))
        return true;
    values_describe(uses->option, text, sizeof text);
    return trace_fail(error, "synth:%s: '%.64s' is no value of %s; it takes %s", name,
                      value ? value : "", item, text);
}

/* Copy the next item of a spec, up to an unescaped colon; false when it is too long. */
static bool item_take(const char **options, char *item, size_t size) {
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

bool synth_config_apply(struct synth_config *config, const struct synth_use *uses, const char *name,
                        const char *options, char *error) {
    char item[HB_SYNTH_SPEC_MAX], keys[HB_TRACE_ERROR_MAX / 2];
    error[0] = '\0';
    while (*options) {
        if (!item_take(&options, item, sizeof item))
            return trace_fail(error, "synth:%s: an option is too long", name);
        if (item_apply(config, uses, name, item, error))
            continue;
        keys_describe(uses, keys, sizeof keys);
        return error[0] ? false
                        : trace_fail(error, "synth:%s has no option '%.64s'; it knows %s", name,
                                     item, keys);
    }
    return true;
}

/* A text with what a spec must escape. False if it does not fit. */
static bool text_escape(char *text, size_t size, const char *from) {
    size_t used = strlen(text);
    for (; *from && used + 2 < size; from++) {
        if (*from == ':' || *from == '\\')
            text[used++] = '\\';
        text[used++] = *from;
    }
    text[used] = '\0';
    return !*from;
}

bool synth_config_canonical(const struct synth_config *config, const struct synth_use *uses,
                            char *text, size_t size) {
    bool fits = true;
    for (; uses->option && fits; uses++) {
        const struct synth_option *option = uses->option;
        size_t used = strlen(text);
        bool is_text = option->kind == SYNTH_TEXT;
        if (is_text ? !*config_text(config, option)
                    : config_number(config, option) == uses->initial)
            continue;
        int wrote = snprintf(text + used, size - used, ":%s=", option->key);
        fits = wrote > 0 && (size_t)wrote < size - used;
        if (!fits)
            break;
        char number[32];
        struct synth_use use = {option, is_text ? 0 : config_number(config, option)};
        if (!is_text)
            synth_initial_text(&use, number);
        fits = text_escape(text, size, is_text ? config_text(config, option) : number);
    }
    return fits;
}

void synth_initial_text(const struct synth_use *use, char *text) {
    if (use->option->kind == SYNTH_CHOICE)
        snprintf(text, 32, "%s", use->option->choices[use->initial]);
    else if (use->option->kind == SYNTH_TEXT)
        text[0] = '\0';
    else
        snprintf(text, 32, "%" PRIu64, use->initial);
}
