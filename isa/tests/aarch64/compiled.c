#include <complex.h>
#include <ctype.h>
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

struct node { struct node *next; int key; double weight; char name[13]; };
static _Atomic uint64_t counters[4];
static _Atomic uint32_t words[4];
static jmp_buf escape;

static int classify(int c) {
    switch (c) {
    case 'a': return 3; case 'b': return 17; case 'c': return 40; case 'd': return 5; case 'e': return 66;
    case 'f': return 1; case 'g': return 9; case 'h': return 8; case 'i': return 77; default: return c % 7;
    }
}

static uint64_t bits(uint64_t x, uint32_t y) {
    uint64_t r = __builtin_popcountll(x) + __builtin_clzll(x | 1) + __builtin_ctz(y | 1);
    r ^= __builtin_bswap64(x) + __builtin_bswap32(y) + __builtin_bswap16(y);
    r = (r << 13 | r >> 51) * 0x9e3779b97f4a7c15ull;
    r += (unsigned __int128)x * r >> 64;
    r += (x & 0xff00ff00ff00ff00ull) | (y & 0x0ff0) << 3;
    return x % (y | 1) + r / (y | 3) + (int64_t)r / (int32_t)(y | 5);
}

static double sums(const float *a, const double *b, const int16_t *c, const uint8_t *d, int n) {
    double s = 0;
    float t = 0;
    int64_t u = 0;
    uint32_t v = 0;
    for (int i = 0; i < n; i++) {
        s += a[i] * b[i] + sqrt(fabs(b[i]));
        t = fmaf(t, a[i], fminf(a[i], t));
        u += (int32_t)c[i] * c[n - 1 - i];
        v += d[i] > 7 ? d[i] : abs(c[i]);
    }
    return s + t + u + v + lrint(s) + floor(s) + trunc(t) + (uint64_t)fabs(s);
}

static void vectors(int32_t *restrict a, const int32_t *restrict b, const uint8_t *restrict c, int64_t *restrict d, int n) {
    for (int i = 0; i < n; i++) {
        a[i] = (a[i] << 3) - b[i] * c[i];
        d[i] += a[i] > b[i] ? a[i] : ~b[i];
    }
    for (int i = 0; i < n; i += 2) {
        a[i] = b[i + 1] ^ a[i];
        a[i + 1] = b[i] >> 2;
    }
}

static void atomics(uint64_t x) {
    atomic_fetch_add(&counters[0], x);
    atomic_fetch_or_explicit(&counters[1], x, memory_order_acquire);
    atomic_fetch_and_explicit(&words[0], x, memory_order_release);
    atomic_fetch_xor_explicit(&words[1], x, memory_order_relaxed);
    uint64_t expected = x;
    atomic_compare_exchange_strong(&counters[2], &expected, x + 1);
    atomic_exchange(&words[2], x);
    atomic_store_explicit(&counters[3], atomic_load_explicit(&counters[0], memory_order_acquire), memory_order_release);
    atomic_thread_fence(memory_order_seq_cst);
}

static int compare(const void *a, const void *b) {
    const struct node *x = a, *y = b;
    return x->key < y->key ? -1 : x->key > y->key;
}

int main(int argc, char **argv) {
    struct node nodes[50];
    float a[64];
    double b[64];
    int16_t c[64];
    uint8_t d[64];
    int32_t e[64], f[64];
    int64_t g[64];
    char text[200];
    wchar_t wide[50];
    if (setjmp(escape)) return 1;
    setlocale(LC_ALL, "C");
    for (int i = 0; i < 64; i++) {
        a[i] = i * 1.5f, b[i] = i / 7.0, c[i] = i * 321, d[i] = i * 5, e[i] = i, f[i] = -i, g[i] = (int64_t)i << 33;
    }
    for (int i = 0; i < 50; i++) {
        nodes[i].key = classify(i * 37 % 101) + argc;
        nodes[i].weight = pow(i, 1.3) + sin(i) * exp(-i) + log1p(i) + atan2(i, 3) + cbrt(i);
        snprintf(nodes[i].name, sizeof nodes[i].name, "%d-%x-%g", i, i, nodes[i].weight);
    }
    qsort(nodes, 50, sizeof nodes[0], compare);
    vectors(e, f, d, g, 64);
    atomics(argc);
    double complex z = csqrt(sums(a, b, c, d, 64) + I * argc);
    time_t now = time(0);
    struct tm *broken = gmtime(&now);
    strftime(text, sizeof text, "%A %d %B %Y", broken);
    mbstowcs(wide, text, 49);
    printf("%s %ls %llu %f %Lf %s %lf\n", text, wide, (unsigned long long)bits(argc, now), creal(z),
           (long double)cimag(z) / 3, strstr(text, "day") ? "day" : "none", strtod(nodes[3].name, 0));
    if (argc > 5) longjmp(escape, 1);
    char *line = 0;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        for (char *p = line; *p; p++) *p = toupper(*p);
        if (memchr(line, 'X', strlen(line))) puts(line);
        free(realloc(strdup(line), 3 * size));
    }
    return getenv("HOME") != 0 && e[3] == g[5] && sscanf(text, "%d", &argc) == 1;
}
