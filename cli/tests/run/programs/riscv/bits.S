/* U mode, on physical memory (bare.h) or on pages that come and go (paged.h): Zba, Zbb, Zbc, Zbs and Zfa as far as assemblers know them; results by hand from the manual's definitions. */
#include ENVIRONMENT
        begin 0
        .option arch, +zba, +zbb, +zbc, +zbs
        li a0, 0xff00000080000001
        li a1, 0x10
        number 2
        sh3add a2, a1, a1
        expect a2, 0x90
        add.uw a2, a0, a1
        expect a2, 0x80000011
        slli.uw a2, a0, 4
        expect a2, 0x800000010
        number 3
        clz a2, a0
        expect a2, 0
        ctzw a2, a1
        expect a2, 4
        cpop a2, a0
        expect a2, 10
        andn a2, a0, a0
        expect a2, 0
        number 4
        rol a2, a0, a1
        expect a2, 0x80000001ff00
        number 5
        rev8 a2, a0
        expect a2, 0x01000080000000ff
        orc.b a2, a0
        expect a2, 0xff000000ff0000ff
        sext.b a2, a0
        expect a2, 1
        zext.h a2, a0
        expect a2, 1
        number 6
        li a3, 5
        li a4, 7
        clmul a2, a3, a4
        expect a2, 27
        clmulh a2, a0, a0
        bset a2, zero, a3
        expect a2, 32
        bext a2, a4, a3
        expect a2, 0
        binvi a2, a4, 1
        expect a2, 5
        number 7
        max a2, a0, a1
        expect a2, 0x10
        minu a2, a0, a1
        expect a2, 0x10
        end_of_checks
        host
