//! How long a work may go on, with a clock that the test advances.

use tokio::time::advance;

use super::*;

#[tokio::test(start_paused = true)]
async fn a_right_is_lost_if_its_lease_is_not_renewed_in_time_and_begins_anew_with_the_next_renewal()
{
    let (leases, metrics) = new_leases();
    let renew = || leases.set(&[fence()], Instant::now() + VALID_FOR, &metrics);
    renew();
    let hold = leases.hold(WorkKind::Delivery, &us()).await;
    for _ in 0..3 {
        advance(VALID_FOR / 2).await;
        assert!(!hold.is_lost());
        renew();
    }
    advance(VALID_FOR).await;
    assert!(hold.is_lost());
    assert!(leases.current(WorkKind::Delivery, &us()).is_none());
    renew();
    hold.lost().await;
    assert!(!leases.hold(WorkKind::Delivery, &us()).await.is_lost());
}

#[tokio::test(start_paused = true)]
async fn a_right_that_was_given_up_begins_anew_if_its_lease_is_renewed() {
    let (leases, metrics) = new_leases();
    for _ in 0..2 {
        leases.set(&[fence()], Instant::now() + VALID_FOR, &metrics);
        let hold = leases.hold(WorkKind::Delivery, &us()).await;
        assert!(!hold.is_lost());
        hold.give_up();
        assert!(hold.is_lost());
        assert!(leases.current(WorkKind::Delivery, &us()).is_none());
    }
}

fn new_leases() -> (Leases, Metrics) {
    (Leases::shared(&[us()]), Metrics::new(&[us()]).unwrap())
}

fn fence() -> Fence {
    Fence { work: Work { kind: WorkKind::Delivery, region: us() }, token: 1 }
}

fn us() -> Region {
    Region::named("us").unwrap()
}
