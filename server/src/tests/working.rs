//! Work beside the requests.

use std::time::Duration;

use portal_core::work;

use super::client::World;
use crate::jobs::held;

#[tokio::test]
async fn work_goes_on_while_its_claim_is_renewed() {
    let world = World::new().await;
    let portal = &world.portal;
    work::plan(portal).await.unwrap();
    let job = work::claim(portal, "one", 1).await.unwrap().remove(0);
    // All that writes goes over the one connection that writes, one after the other.
    let writing = async {
        for _ in 0..200 {
            work::claim(portal, "two", 1).await.unwrap();
        }
    };
    let done = held(portal, &job, Duration::from_millis(1), writing);
    // Whoever waits for a connection gives up after ten seconds: that it does not come to that.
    tokio::time::timeout(Duration::from_secs(8), done)
        .await
        .expect("nobody waits for whom he keeps waiting");
}
