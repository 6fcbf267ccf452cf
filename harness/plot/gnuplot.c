/* gnuplot.c -- run gnuplot. */
#include "harness/plot/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/cmd.h"
#include "harness/installed.h"

extern char **environ;

/* Its wait status. A caught signal ends gnuplot, which would not have got it from kill. */
static int gnuplot_wait(pid_t child, int (*interrupted)(void)) {
    int status = -1;

    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
        if (interrupted && interrupted())
            kill(child, SIGKILL);
    }
    return status;
}

/* Run gnuplot in folder with its talk going to log. Returns its wait status, or -1 with errno. */
static int gnuplot_run(const char *folder, const char *const *arguments, const char *log,
                       int (*interrupted)(void)) {
    posix_spawn_file_actions_t actions;
    pid_t child;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, folder);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    int failure =
        posix_spawnp(&child, "gnuplot", &actions, NULL, (char *const *)arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0) {
        errno = failure;
        return -1;
    }
    return gnuplot_wait(child, interrupted);
}

bool hb_plot_has_gnuplot(char *error) {
    static const char *const arguments[] = {"gnuplot", "--version", NULL};
    int status = gnuplot_run("/", arguments, "/dev/null", NULL);

    if (status < 0 && errno == ENOENT)
        snprintf(error, HB_PLOT_ERROR_MAX,
                 "gnuplot was not found; install the package gnuplot-nox");
    else if (status < 0)
        snprintf(error, HB_PLOT_ERROR_MAX, "gnuplot cannot be run: %s", strerror(errno));
    else if (WIFSIGNALED(status))
        snprintf(error, HB_PLOT_ERROR_MAX, "`gnuplot --version` was ended by signal %d (%s)",
                 WTERMSIG(status), strsignal(WTERMSIG(status)));
    else if (status != 0)
        snprintf(error, HB_PLOT_ERROR_MAX, "`gnuplot --version` ended with status %d",
                 WEXITSTATUS(status));
    return status == 0;
}

/* A full disk cuts a picture short, and gnuplot does not say so: the end must be there. */
static bool picture_is_whole(const char *path, const char *format) {
    const char *mark = strcmp(format, "png") == 0   ? "IEND"
                       : strcmp(format, "pdf") == 0 ? "%%EOF"
                       : strcmp(format, "gif") == 0 ? ";" /* the trailer, its last byte */
                                                    : "</svg>";
    char end[32];
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    size_t count =
        fseek(file, -(long)sizeof end, SEEK_END) == 0 ? fread(end, 1, sizeof end, file) : 0;
    fclose(file);
    if (mark[0] == ';')
        return count > 0 && end[count - 1] == ';';
    return memmem(end, count, mark, strlen(mark)) != NULL;
}

/* The line of gnuplot's talk that says what is wrong. */
static void log_read(const char *path, char *text, size_t size) {
    char line[256];
    FILE *file = fopen(path, "re");

    snprintf(text, size, "it said nothing");
    while (file && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        if (line[strspn(line, " \t^")] != '\0')
            snprintf(text, size, "%s", line + strspn(line, " \t^"));
    }
    if (file)
        fclose(file);
}

bool hb_gnuplot_draw(const struct hb_plots *plots, const char *folder, const char *name,
                     const char *format, char *error) {
    char script[PATH_MAX], choice[64], picture[PATH_MAX], log[PATH_MAX], reason[256];
    const char *arguments[] = {"gnuplot", "-e", choice, script, NULL};

    snprintf(script, sizeof script, "%s.gp", name);
    snprintf(choice, sizeof choice, "format='%s'", format);
    if (snprintf(picture, sizeof picture, "%s/%s.%s", folder, name, format) >= PATH_MAX ||
        snprintf(log, sizeof log, "%s/gnuplot.log", folder) >= PATH_MAX) {
        snprintf(error, HB_PLOT_ERROR_MAX, "the path of the plots is too long");
        return false;
    }
    int status = gnuplot_run(folder, arguments, "gnuplot.log", plots->interrupted);
    if (status == 0 && picture_is_whole(picture, format))
        return true;
    log_read(log, reason, sizeof reason);
    snprintf(error, HB_PLOT_ERROR_MAX, "gnuplot could not draw %s.%s: %s", name, format,
             status < 0 ? strerror(errno) : reason);
    return false;
}

/* Of the installed program; if it is not installed, of the source tree, else of a tree that was
 * moved after the build. */
static bool template_folder(int place, char *folder) {
    if (hb_is_installed())
        return place == 0 && hb_installed_path(HB_INSTALLED_DATA, "gnuplot", folder, PATH_MAX);
    if (place == 0)
        return snprintf(folder, PATH_MAX, "%s", HB_SOURCE_GNUPLOT) < PATH_MAX;
    return hb_program_path(2, "scripts/gnuplot", folder, PATH_MAX);
}

static FILE *template_open(const char *name) {
    char folder[PATH_MAX], path[PATH_MAX + 64];
    FILE *file = NULL;

    for (int place = 0; place < 2 && !file; place++) {
        if (template_folder(place, folder) &&
            snprintf(path, sizeof path, "%s/%s.gp", folder, name) < (int)sizeof path)
            file = fopen(path, "re");
    }
    return file;
}

bool hb_gnuplot_append_template(FILE *script, const char *name, char *error) {
    char buffer[4096];
    FILE *file = template_open(name);

    if (!file) {
        snprintf(error, HB_PLOT_ERROR_MAX, "the gnuplot template %s.gp was not found in %.150s%s",
                 name, hb_is_installed() ? "share/heapbench/gnuplot" : HB_SOURCE_GNUPLOT,
                 hb_is_installed()
                     ? ": install heapbench again"
                     : ", nor in scripts/gnuplot two folders above that of heapbench");
        return false;
    }
    fputc('\n', script);
    for (size_t bytes; (bytes = fread(buffer, 1, sizeof buffer, file)) > 0;)
        fwrite(buffer, 1, bytes, script);
    fclose(file);
    return true;
}
