/* A kernel of one process: RAM's first two megabytes are mapped at the top of the address space for S mode; U mode sees the same
   bytes from 0 on, page by page, in a few frames that are filled when they are touched and written back when another page needs
   them. A and D of a user page are set by software, when the hart asks for it. */

#include <stdint.h>

#define RAM 0x80000000ul
#define KERNEL (-0x200000ul - RAM)
#define PAGE 4096ul
#define PAGES 128
#define FRAMES 5
enum { V = 1, R = 2, W = 4, X = 8, U = 16, A = 64, D = 128 };

extern void leave(const uint64_t *frame);
extern void trapped(void);
extern volatile uint64_t tohost;

static uint64_t tables[7][512] __attribute__((aligned(4096)));
static uint64_t user[512] __attribute__((aligned(4096)));
static uint64_t frames[FRAMES][512] __attribute__((aligned(4096)));
static uint64_t holds[FRAMES];
static uint64_t next, faults;

static void end(uint64_t code) {
    tohost = code;
    for (;;) {
    }
}

static void check(int holds_true, uint64_t number) {
    if (!holds_true)
        end(number << 1 | 1);
}

static void copy(uint64_t *to, const uint64_t *from) {
    for (int i = 0; i < 512; i++)
        to[i] = from[i];
}

static int differ(const uint64_t *a, const uint64_t *b) {
    for (int i = 0; i < 512; i++)
        if (a[i] != b[i])
            return 1;
    return 0;
}

static uint64_t *home(uint64_t page) { return (uint64_t *)(page * PAGE + RAM + KERNEL); }

static void flush(uint64_t page) { __asm__ volatile("sfence.vma %0, zero" ::"r"(page * PAGE) : "memory"); }

static void sum(int on) {
    if (on)
        __asm__ volatile("csrs sstatus, %0" ::"r"(1 << 18) : "memory");
    else
        __asm__ volatile("csrc sstatus, %0" ::"r"(1 << 18) : "memory");
}

/* Takes the page out of its frame. */
static void evict(int frame) {
    uint64_t page = holds[frame] - 1;
    if (!holds[frame])
        return;
    check((user[page] & A) != 0, 1000);
    sum(1);
    if (differ((uint64_t *)(page * PAGE), home(page))) {
        check((user[page] & D) != 0, 1001);
        copy(home(page), (uint64_t *)(page * PAGE));
    }
    sum(0);
    user[page] = 0;
    flush(page);
    holds[frame] = 0;
}

void fault(uint64_t *registers, uint64_t cause, uint64_t value) {
    if (cause == 8) {
        for (int frame = 0; frame < FRAMES; frame++)
            evict(frame);
        check(faults > 0, 1002);
        end(registers[10]);
    }
    check(cause == 12 || cause == 13 || cause == 15, 1003);
    check(value < PAGES * PAGE, 1004);
    faults++;
    uint64_t page = value / PAGE;
    if (user[page]) {
        if (!(user[page] & A)) {
            user[page] |= A;
        } else {
            check(!(user[page] & D) && cause == 15, 1005);
            user[page] |= D;
        }
        flush(page);
        return;
    }
    int frame = next++ % FRAMES;
    evict(frame);
    uint64_t physical = (uint64_t)frames[frame] - KERNEL;
    uint64_t entry = physical / PAGE << 10 | V | R | W | X | U;
    user[page] = entry | A | D;
    flush(page);
    sum(1);
    copy((uint64_t *)(page * PAGE), home(page));
    sum(0);
    user[page] = entry;
    flush(page);
    holds[frame] = page + 1;
    __asm__ volatile("fence.i" ::: "memory");
}

#define write(csr, value) __asm__ volatile("csrw " csr ", %0" ::"r"(value) : "memory")

void boot(uint64_t hart, uint64_t entry) {
    (void)hart;
    /* Two chains of tables from the root down: for addresses from 0 on, and for those at the top. */
    uint64_t *low = tables[0], *high = tables[0];
    for (int level = LEVELS - 7; level > 0; level--) {
        uint64_t *lower = tables[2 * level - 1], *higher = tables[2 * level];
        low[0] = (uint64_t)lower / PAGE << 10 | V;
        high[511] = (uint64_t)higher / PAGE << 10 | V;
        low = lower;
        high = higher;
    }
    low[0] = (uint64_t)user / PAGE << 10 | V;
    high[511] = RAM / PAGE << 10 | V | R | W | X | A | D;
    uint64_t satp = (uint64_t)LEVELS << 60 | (uint64_t)tables[0] / PAGE;
    write("satp", satp);
    uint64_t took;
    __asm__ volatile("csrr %0, satp" : "=r"(took));
    check(took == satp, 1006);
    write("pmpaddr0", (1ul << 53) - 1);
    write("pmpcfg0", 0x1f);
    write("stvec", (uint64_t)trapped + KERNEL);
    uint64_t stack;
    __asm__ volatile("mv %0, sp" : "=r"(stack));
    write("sscratch", stack + KERNEL);
    write("medeleg", 1 << 8 | 1 << 12 | 1 << 13 | 1 << 15);
    write("mstatus", 1 << 13);
    write("mie", 0);
    __asm__ volatile("sfence.vma" ::: "memory");
    static uint64_t frame[32];
    frame[0] = entry - RAM;
    leave(frame);
}

/* What the other harts do: reads, and writes that change nothing, all over memory. */
void disturb(uint64_t hart) {
    uint64_t state = hart * 0x9e3779b97f4a7c15ul + 1;
    for (;;) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        uint64_t at = RAM + (state % (PAGES * PAGE) & -4ul);
        if (state & 1 << 20)
            __asm__ volatile("amoadd.w zero, zero, (%0)" ::"r"(at) : "memory");
        else
            __asm__ volatile("lw zero, (%0)" ::"r"(at) : "memory");
    }
}
