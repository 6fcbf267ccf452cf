#include "harness/progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { BAR_MAX = 40, BAR_MIN = 5, TEXT_BYTES = 128, COLUMNS_DEFAULT = 80 };

static int terminal_columns(void) {
    struct winsize size;
    bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : COLUMNS_DEFAULT;
}

void hb_progress_draw(const char *trace, const char *pass, size_t step, size_t steps) {
    static const char full[] = "########################################";
    char text[TEXT_BYTES];
    if (!isatty(STDERR_FILENO) || !steps)
        return;
    int columns = terminal_columns();
    int used = snprintf(text, sizeof text, "%s: %s %zu/%zu", trace, pass, step, steps);
    if (used >= (int)sizeof text)
        used = sizeof text - 1;
    int width = columns - used - 5;
    width = width > BAR_MAX ? BAR_MAX : width;
    int filled = width < BAR_MIN ? 0 : (int)(step * (size_t)width / steps);
    if (width < BAR_MIN)
        fprintf(stderr, "\r\033[K%.*s", columns - 1, text);
    else
        fprintf(stderr, "\r\033[K%s [%.*s%*s]", text, filled, full, width - filled, "");
    fflush(stderr);
}

void hb_progress_clear(void) {
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}
