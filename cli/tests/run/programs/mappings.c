#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *a = mmap(0, 10 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(a, 7, 10 * page);
    printf("%d %d\n", munmap(a + 2 * page, 3 * page), a[page] + a[6 * page]);
    char *b = mmap(a + 2 * page, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    printf("%d %d %d\n", b == a + 2 * page, b[0], b[2 * page - 1]);
    char *c = mremap(a + 6 * page, 4 * page, 100 * page, MREMAP_MAYMOVE);
    printf("%d %d %d\n", c[0], c[4 * page - 1], c[4 * page]);
    printf("%d\n", mprotect(c, page, PROT_READ));
    void *before = sbrk(0);
    char *heap = sbrk(1 << 16);
    heap[100] = 1;
    printf("%d %ld %d\n", heap == before, (long)((char *)sbrk(0) - heap), heap[101]);
    printf("%d %d\n", mmap(0, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED, errno == EINVAL);
    return 0;
}
