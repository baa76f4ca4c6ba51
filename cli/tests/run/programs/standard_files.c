#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <unistd.h>

int main(void) {
    char buffer[1000];
    int lines = 0;
    ssize_t length = read(0, buffer, sizeof buffer);
    for (ssize_t i = 0; i < length; i++)
        lines += buffer[i] == '\n';
    printf("read %zd bytes in %d lines\n", length, lines);
    fprintf(stderr, "to standard error\n");
    fflush(stdout);
    struct iovec parts[] = {{"one ", 4}, {"", 0}, {"two\n", 4}};
    printf("%zd\n", writev(1, parts, 3));
    printf("%d %d\n", isatty(1), errno == ENOTTY);
    printf("%zd %d\n", write(57, "x", 1), errno == EBADF);
    printf("%zd %d\n", write(1, (void *)16, 1), errno == EFAULT);
    printf("%d %d\n", (int)lseek(1, 0, SEEK_CUR), errno == ESPIPE);
    printf("%p %d\n", (void *)fopen("/no/such/file", "r"), errno == ENOENT);
    struct stat status;
    printf("%d %d\n", fstat(1, &status), S_ISFIFO(status.st_mode));
    struct utsname name;
    uname(&name);
    printf("%s %s\n", name.sysname, name.machine);
    return 0;
}
