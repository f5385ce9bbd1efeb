//! What is known of a run survives the most common faults.

use conform_e2e::faults::{World, all};

#[test]
#[ignore = "needs the testbed: cargo xtask test"]
fn a_run_that_is_hurt_loses_nothing_leaves_nothing_and_says_nothing_untrue() {
    let testbed = std::env::var("CONFORM_E2E_TESTBED").expect("CONFORM_E2E_TESTBED names the testbed");
    let world = World::new(&testbed, true).unwrap();
    let mut failed = Vec::new();
    for fault in all().iter().filter(|fault| fault.short) {
        let row = fault.run(&world).unwrap();
        println!("{row:?}");
        if !row.holds() {
            failed.push(row);
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}
