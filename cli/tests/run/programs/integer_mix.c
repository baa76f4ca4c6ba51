/* Integer work as embedded benchmarks have it: lists found, reversed and sorted; matrices of small numbers; a state machine
 * over text; a bitwise CRC over all results. The checksum is printed; REPEAT rounds. */
#include <stdint.h>
#include <stdio.h>

#ifndef REPEAT
#define REPEAT 40
#endif

typedef struct item {
    struct item *next;
    int16_t key, value;
} item;

enum { ITEMS = 96, N = 10 };

static item items[ITEMS];
static int16_t a[N * N], b[N * N];
static int32_t c[N * N];
static char text[384];
static uint32_t seed = 0x3415;

static uint16_t next_number(void) {
    seed = seed * 1103515245u + 12345u;
    return (uint16_t)(seed >> 16);
}

__attribute__((noinline)) static uint16_t crc8(uint8_t byte, uint16_t crc) {
    for (int i = 0; i < 8; i++) {
        int carry = (byte ^ crc) & 1;
        byte >>= 1;
        crc >>= 1;
        if (carry)
            crc ^= 0xa001;
    }
    return crc;
}

__attribute__((noinline)) static uint16_t crc32_of(uint32_t word, uint16_t crc) {
    for (int i = 0; i < 4; i++)
        crc = crc8((uint8_t)(word >> (8 * i)), crc);
    return crc;
}

__attribute__((noinline)) static item *find(item *list, int16_t key, int16_t value) {
    if (value >= 0) {
        while (list && list->value != value)
            list = list->next;
    } else {
        while (list && (list->key & 0xff) != key)
            list = list->next;
    }
    return list;
}

__attribute__((noinline)) static item *reverse(item *list) {
    item *done = 0;
    while (list) {
        item *next = list->next;
        list->next = done;
        done = list;
        list = next;
    }
    return done;
}

typedef int (*compare)(const item *, const item *);

static int by_key(const item *x, const item *y) { return (x->key & 0xff) - (y->key & 0xff); }
static int by_value(const item *x, const item *y) { return x->value - y->value; }

__attribute__((noinline)) static item *merge_sort(item *list, compare less) {
    for (int width = 1;; width *= 2) {
        item *from = list, *tail = 0;
        int merges = 0;
        list = 0;
        while (from) {
            merges++;
            item *other = from;
            int left = 0, right = width;
            for (int i = 0; i < width && other; i++, left++)
                other = other->next;
            while (left > 0 || (right > 0 && other)) {
                item *taken;
                if (left == 0 || (right > 0 && other && less(from, other) > 0)) {
                    taken = other;
                    other = other->next;
                    right--;
                } else {
                    taken = from;
                    from = from->next;
                    left--;
                }
                if (tail)
                    tail->next = taken;
                else
                    list = taken;
                tail = taken;
            }
            from = other;
        }
        tail->next = 0;
        if (merges <= 1)
            return list;
    }
}

__attribute__((noinline)) static uint16_t lists(uint16_t crc) {
    for (int i = 0; i < ITEMS; i++)
        items[i] = (item){i + 1 < ITEMS ? &items[i + 1] : 0, (int16_t)next_number(), (int16_t)(next_number() & 0x7fff)};
    item *list = items;
    for (int i = 0; i < 24; i++) {
        item *found = find(list, (int16_t)(i * 5), i & 1 ? (int16_t)(items[i * 3].value) : -1);
        list = reverse(list);
        crc = crc32_of(found ? (uint32_t)found->key : 1u, crc);
    }
    list = merge_sort(list, by_value);
    for (item *at = list; at; at = at->next)
        crc = crc32_of((uint32_t)at->value, crc);
    list = merge_sort(list, by_key);
    return crc32_of((uint32_t)list->key, crc);
}

__attribute__((noinline)) static int32_t add_all(const int32_t *m, int32_t limit) {
    int32_t sum = 0, last = 0, result = 0;
    for (int i = 0; i < N * N; i++) {
        sum += m[i];
        if (sum > limit) {
            result += 10;
            sum = 0;
        } else {
            result += m[i] > last ? 1 : 0;
        }
        last = m[i];
    }
    return result;
}

__attribute__((noinline)) static void times_constant(int32_t *to, const int16_t *from, int16_t by) {
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            to[i * N + j] = (int32_t)from[i * N + j] * by;
}

__attribute__((noinline)) static void times(int32_t *to, const int16_t *x, const int16_t *y) {
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            int32_t sum = 0;
            for (int k = 0; k < N; k++)
                sum += (int32_t)x[i * N + k] * y[k * N + j];
            to[i * N + j] = sum;
        }
}

__attribute__((noinline)) static void times_bits(int32_t *to, const int16_t *x, const int16_t *y) {
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            int32_t sum = 0;
            for (int k = 0; k < N; k++) {
                int32_t product = (int32_t)x[i * N + k] * y[k * N + j];
                sum += ((product >> 2) & 0xf) * ((product >> 5) & 0x7f);
            }
            to[i * N + j] = sum;
        }
}

__attribute__((noinline)) static uint16_t matrices(uint16_t crc, int16_t by) {
    for (int i = 0; i < N * N; i++) {
        a[i] = (int16_t)(next_number() & 0xff);
        b[i] = (int16_t)((a[i] + i) & 0xff);
    }
    times_constant(c, a, by);
    crc = crc32_of((uint32_t)add_all(c, 1000), crc);
    times(c, a, b);
    crc = crc32_of((uint32_t)add_all(c, 5000), crc);
    times_bits(c, a, b);
    return crc32_of((uint32_t)add_all(c, 2000), crc);
}

enum state { START, SIGN, INTEGER, POINT, EXPONENT, SCIENTIFIC, INVALID, STATES };

__attribute__((noinline)) static enum state scan(const char **at, uint32_t *counts) {
    enum state state = START;
    for (const char *p = *at; *p; p++) {
        char ch = *p;
        if (ch == ',') {
            p++;
            *at = p;
            return state;
        }
        int digit = ch >= '0' && ch <= '9';
        switch (state) {
        case START:
            state = digit ? INTEGER : ch == '+' || ch == '-' ? SIGN : ch == '.' ? POINT : INVALID;
            counts[START]++;
            break;
        case SIGN:
            state = digit ? INTEGER : ch == '.' ? POINT : INVALID;
            counts[SIGN]++;
            break;
        case INTEGER:
            if (ch == '.') {
                state = POINT;
                counts[INTEGER]++;
            } else if (!digit) {
                state = INVALID;
                counts[INTEGER]++;
            }
            break;
        case POINT:
            if (ch == 'E' || ch == 'e') {
                state = EXPONENT;
                counts[POINT]++;
            } else if (!digit) {
                state = INVALID;
                counts[POINT]++;
            }
            break;
        case EXPONENT:
            state = ch == '+' || ch == '-' || digit ? SCIENTIFIC : INVALID;
            counts[EXPONENT]++;
            break;
        case SCIENTIFIC:
            if (!digit) {
                state = INVALID;
                counts[SCIENTIFIC]++;
            }
            break;
        default:
            break;
        }
        if (state == INVALID)
            counts[INVALID]++;
    }
    *at = "";
    return state;
}

__attribute__((noinline)) static uint16_t states(uint16_t crc, int round) {
    static const char *const words[] = {"5012", "1234", "-874", "+122", "35.54", ".1234500", "-110.700", "+0.64400",
                                        "5.500e+3", "-.123e-2", "-87e+832", "+0.6e-12", "T0.3e-1F", "-T.T++Tq", "1T3.4e4z", "34.0e-T^"};
    unsigned length = 0;
    for (int i = 0; length + 12 < sizeof text; i++) {
        for (const char *p = words[(next_number() + i) & 15]; *p; p++)
            text[length++] = *p;
        text[length++] = ',';
    }
    text[length] = 0;
    uint32_t counts[STATES] = {0}, finals[STATES] = {0};
    const char *at = text;
    while (*at)
        finals[scan(&at, counts)]++;
    for (unsigned i = (unsigned)round & 7; i < length; i += 7)
        if (text[i] != ',')
            text[i] ^= 1;
    at = text;
    while (*at)
        finals[scan(&at, counts)]++;
    for (int i = 0; i < STATES; i++)
        crc = crc32_of(finals[i], crc32_of(counts[i], crc));
    return crc;
}

int main(void) {
    uint16_t crc = 0;
    for (int round = 0; round < REPEAT; round++) {
        crc = lists(crc);
        crc = matrices(crc, (int16_t)(round + 3));
        crc = states(crc, round);
    }
    printf("integer mix %04x\n", crc);
    return 0;
}
