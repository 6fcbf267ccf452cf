/* mergelist.c -- which program images have raw files in a folder. */
#include "workloads/recorder/merge.h"
#include "workloads/recorder/stream.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text {
    char *at, *end; /* end: where the last NUL must go */
};

static void text_add(struct text *text, char byte) {
    if (text->at < text->end)
        *text->at++ = byte;
}

static void text_add_argument(struct text *text, const char *argument, size_t length) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-+=.,:/@%^";
    bool is_plain = length > 0;
    for (size_t i = 0; i < length; i++)
        is_plain = is_plain && argument[i] && strchr(plain, argument[i]);
    if (!is_plain)
        text_add(text, '\'');
    for (size_t i = 0; i < length; i++)
        if (argument[i] == '\'')
            for (const char *quote = "'\\''"; *quote; quote++)
                text_add(text, *quote);
        else
            text_add(text, (unsigned char)argument[i] < ' ' ? ' ' : argument[i]);
    if (!is_plain)
        text_add(text, '\'');
}

static void image_read_command(struct hb_merge_image *image, const struct raw_header *header) {
    struct text text = {image->command, image->command + sizeof image->command - 1};
    const char *argument = header->command, *end = argument + header->command_bytes;
    while (argument < end) {
        size_t length = strnlen(argument, (size_t)(end - argument));
        if (text.at != image->command)
            text_add(&text, ' ');
        text_add_argument(&text, argument, length);
        argument += length + 1;
    }
    *text.at = '\0';
}

static struct hb_merge_image *images_find(struct hb_merge_image **images, size_t *count,
                                          const struct raw_header *header) {
    for (size_t i = 0; i < *count; i++)
        if ((*images)[i].pid == header->pid && (*images)[i].ticks == header->image_ticks)
            return &(*images)[i];
    struct hb_merge_image *grown = realloc(*images, (*count + 1) * sizeof **images);
    if (!grown)
        return NULL;
    *images = grown;
    struct hb_merge_image *image = &grown[(*count)++];
    memset(image, 0, sizeof *image);
    image->pid = header->pid;
    image->ticks = header->image_ticks;
    image->has_times = header->has_times == 1;
    image->has_sites = header->has_sites == 1;
    return image;
}

static int images_compare(const void *left, const void *right) {
    const struct hb_merge_image *a = left, *b = right;
    return (a->ticks > b->ticks) - (a->ticks < b->ticks);
}

static void images_add(struct hb_merge_image **images, size_t *count, const char *path) {
    struct raw_header header;
    if (!stream_read_header(path, &header))
        return;
    struct hb_merge_image *image = images_find(images, count, &header);
    if (!image)
        return;
    image->file_count++;
    image->word_count += header.logged_words;
    image->is_empty = image->word_count <= (uint64_t)RAW_START_WORDS * image->file_count;
    if (header.buffer == 0)
        image_read_command(image, &header);
}

bool hb_merge_list(const char *folder, struct hb_merge_image **images, size_t *count, char *error) {
    *images = NULL;
    *count = 0;
    DIR *directory = opendir(folder);
    if (!directory) {
        snprintf(error, HB_TRACE_ERROR_MAX, "%.400s: %s", folder, strerror(errno));
        return false;
    }
    for (const struct dirent *entry; (entry = readdir(directory));) {
        char path[4096];
        if (entry->d_name[0] != '.' &&
            snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) < (int)sizeof path)
            images_add(images, count, path);
    }
    closedir(directory);
    if (*count)
        qsort(*images, *count, sizeof **images, images_compare);
    return true;
}
