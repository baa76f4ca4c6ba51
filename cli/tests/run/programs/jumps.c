#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static jmp_buf back;

static void deeper(int level) {
    volatile char room[200];
    room[0] = (char)level;
    if (level == 50)
        longjmp(back, level);
    deeper(level + 1);
}

static void last(void) {
    puts("at exit");
}

int main(void) {
    volatile int times = 0;
    if (setjmp(back) == 0) {
        times++;
        deeper(0);
    }
    printf("%d\n", times);
    signal(SIGPIPE, SIG_IGN);
    printf("%d\n", raise(SIGPIPE));
    struct timespec a, b;
    clock_gettime(CLOCK_MONOTONIC, &a);
    clock_gettime(CLOCK_MONOTONIC, &b);
    printf("%d %d\n", b.tv_sec > a.tv_sec || b.tv_nsec >= a.tv_nsec, time(0) > 1000000000);
    atexit(last);
    exit(300);
}
