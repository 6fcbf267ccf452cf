/* forks.c -- forks under forkhooks.c's handlers, with a second thread that allocates all the time.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int forkhooks_are_there(void);

static atomic_bool is_done;

static void *allocate(void *argument) {
    while (!is_done)
        free(malloc(100));
    return argument;
}

int main(void) {
    pthread_t thread;
    alarm(20); /* a deadlock ends */
    if (!forkhooks_are_there() || pthread_create(&thread, NULL, allocate, NULL))
        return 1;
    for (int i = 0; i < 50; i++) {
        int status;
        pid_t pid = fork();
        if (pid == 0) {
            free(malloc(1000));
            _exit(3);
        }
        if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) ||
            WEXITSTATUS(status) != 3)
            return 1;
    }
    is_done = true;
    pthread_join(thread, NULL);
    puts("forked");
    return 0;
}
