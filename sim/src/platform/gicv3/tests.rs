//! The parts of the interrupt controller together: what a driver sees.

use super::*;
use cmodx_isa::Size;

const H0: HartId = HartId(0);
const H1: HartId = HartId(1);

/// Both groups forwarded, all SGIs and PPIs enabled in group 1 at priority 0xa0, interfaces open.
fn running(harts: usize) -> Gic {
    let mut gic = Gic::new(harts);
    gic.distributor().write(0, Size::Word, 3);
    for n in 0..harts {
        let redistributor = gic.redistributor(n).expect("it exists");
        redistributor.write(0x14, Size::Word, 0);
        redistributor.write(0x1_0080, Size::Word, 0xffff_ffff);
        redistributor.write(0x1_0100, Size::Word, 0xffff_ffff);
        for word in 0..8 {
            redistributor.write(0x1_0400 + 4 * word, Size::Word, 0xa0a0_a0a0);
        }
        let hart = HartId(n as u16);
        for (register, value) in [(ICC_PMR, 0xf0), (ICC_IGRPEN1, 1), (ICC_IGRPEN0, 1)] {
            assert!(gic.write_system(hart, register, value).is_some());
        }
    }
    gic
}

fn sgi(intid: u64, targets: u64) -> u64 {
    intid << 24 | targets
}

#[test]
fn an_sgi_is_signalled_acknowledged_and_ended() {
    let mut gic = running(2);
    assert_eq!(gic.write_system(H0, ICC_SGI1R, sgi(3, 0b10)), Some(HartSet(0b11)));
    assert_eq!((gic.lines(H0), gic.lines(H1)), (Lines::default(), Lines { irq: true, fiq: false }));
    assert_eq!(gic.read_system(H1, ICC_HPPIR1), Some(3));
    assert_eq!(gic.read_system(H1, ICC_IAR1), Some(3));
    assert_eq!((gic.lines(H1), gic.read_system(H1, ICC_RPR)), (Lines::default(), Some(0xa0)));
    assert_eq!(gic.read_system(H1, ICC_IAR1), Some(SPURIOUS));
    assert_eq!(gic.write_system(H1, ICC_EOIR1, 3), Some(HartSet(0b10)));
    assert_eq!(gic.read_system(H1, ICC_RPR), Some(0xff));
}

#[test]
fn an_sgi_that_comes_again_while_active_waits_for_its_end() {
    let mut gic = running(1);
    gic.write_system(H0, ICC_SGI1R, sgi(1, 1));
    assert_eq!(gic.read_system(H0, ICC_IAR1), Some(1));
    gic.write_system(H0, ICC_SGI1R, sgi(1, 1));
    assert_eq!(gic.lines(H0), Lines::default());
    gic.write_system(H0, ICC_EOIR1, 1);
    assert_eq!(gic.read_system(H0, ICC_IAR1), Some(1));
}

#[test]
fn sgis_reach_other_clusters_by_affinity_and_all_others_by_irm() {
    let mut gic = running(18);
    gic.write_system(H0, ICC_SGI1R, sgi(2, 0b10) | 1 << 16);
    let signalled = |gic: &Gic| (0..18).filter(|&n| gic.lines(HartId(n)).irq).collect::<Vec<_>>();
    assert_eq!(signalled(&gic), [17]);
    gic.read_system(HartId(17), ICC_IAR1);
    gic.write_system(HartId(17), ICC_EOIR1, 2);
    gic.write_system(H1, ICC_SGI1R, SGI_IRM | sgi(2, 0));
    assert_eq!(signalled(&gic), (0..18).filter(|&n| n != 1).collect::<Vec<_>>());
    gic.write_system(H0, ICC_SGI1R, sgi(2, 1) | 1 << 48 | 1 << 32);
    assert_eq!(signalled(&gic).len(), 17, "no PE has such an affinity");
}

#[test]
fn group_0_is_a_fiq_and_is_acknowledged_by_iar0_alone() {
    let mut gic = running(1);
    gic.redistributor(0).expect("it exists").write(0x1_0080, Size::Word, !1);
    gic.write_system(H0, ICC_SGI1R, sgi(0, 1));
    assert_eq!(gic.lines(H0), Lines::default(), "a group 1 request for a group 0 interrupt is dropped");
    gic.write_system(H0, ICC_SGI0R, sgi(0, 1));
    assert_eq!(gic.lines(H0), Lines { irq: false, fiq: true });
    assert_eq!((gic.read_system(H0, ICC_IAR1), gic.read_system(H0, ICC_IAR0)), (Some(SPURIOUS), Some(0)));
    gic.write_system(H0, ICC_EOIR0, 0);
    assert_eq!(gic.read_system(H0, ICC_RPR), Some(0xff));
}

#[test]
fn a_higher_priority_preempts_what_is_active() {
    let mut gic = running(1);
    gic.redistributor(0).expect("it exists").write(0x1_0400 + 27, Size::Byte, 0x40);
    gic.write_system(H0, ICC_SGI1R, sgi(5, 1));
    assert_eq!(gic.read_system(H0, ICC_IAR1), Some(5));
    gic.set_ppi(H0, 27, true);
    assert!(gic.lines(H0).irq);
    assert_eq!(gic.read_system(H0, ICC_IAR1), Some(27));
    gic.set_ppi(H0, 27, false);
    gic.write_system(H0, ICC_EOIR1, 27);
    assert_eq!(gic.read_system(H0, ICC_RPR), Some(0xa0));
}

#[test]
fn a_level_interrupt_comes_again_while_its_line_is_high() {
    let mut gic = running(1);
    gic.set_ppi(H0, 27, true);
    assert_eq!(gic.read_system(H0, ICC_IAR1), Some(27));
    gic.write_system(H0, ICC_EOIR1, 27);
    assert!(gic.lines(H0).irq);
    gic.set_ppi(H0, 27, false);
    assert!(!gic.lines(H0).irq);
}

#[test]
fn every_switch_on_the_way_stops_an_interrupt() {
    type Off = fn(&mut Gic);
    let switches: [Off; 5] = [
        |gic| gic.distributor().write(0, Size::Word, 1),
        |gic| gic.redistributor(0).expect("it exists").write(0x1_0180, Size::Word, 1 << 4),
        |gic| gic.redistributor(0).expect("it exists").write(0x14, Size::Word, 2),
        |gic| assert!(gic.write_system(H0, ICC_IGRPEN1, 0).is_some()),
        |gic| assert!(gic.write_system(H0, ICC_PMR, 0xa0).is_some()),
    ];
    for off in switches {
        let mut gic = running(1);
        gic.write_system(H0, ICC_SGI1R, sgi(4, 1));
        assert!(gic.lines(H0).irq);
        off(&mut gic);
        assert!(!gic.lines(H0).irq);
    }
}

#[test]
fn a_shared_interrupt_goes_through_distributor_and_interface() {
    let mut gic = running(2);
    let spi = 33;
    for (offset, size, value) in [
        (0x084, Size::Word, 1 << 1),
        (0x104, Size::Word, 1 << 1),
        (0x400 + spi, Size::Byte, 0x80),
        (0x6000 + 8 * spi, Size::Double, 1),
    ] {
        gic.distributor().write(offset, size, value);
    }
    gic.set_spi(33, true);
    assert_eq!((gic.lines(H0).irq, gic.lines(H1).irq), (false, true));
    assert_eq!(gic.read_system(H1, ICC_IAR1), Some(spi));
    gic.set_spi(33, false);
    assert_eq!(gic.write_system(H1, ICC_EOIR1, spi), Some(HartSet(0b11)));
    assert_eq!(gic.read_system(H1, ICC_IAR1), Some(SPURIOUS));
}

#[test]
fn registers_that_do_not_exist_answer_nothing() {
    let mut gic = running(1);
    assert_eq!(gic.read_system(H0, system(3, 0, 12, 8, 5)), None, "ICC_AP0R1 needs more priority bits");
    assert_eq!(gic.write_system(H0, ICC_IAR1, 0), None);
    assert_eq!(gic.read_system(H0, ICC_SGI1R), None);
    assert_eq!(gic.read_system(H0, ICC_SRE), Some(7));
}

#[test]
fn affinities_and_harts_are_one_to_one() {
    for n in 0..64 {
        assert_eq!(hart_of(affinity(HartId(n))), Some(HartId(n)));
    }
    assert_eq!(affinity(HartId(35)), 0x203);
    assert_eq!((hart_of(0x10), hart_of(1 << 16)), (None, None));
}
