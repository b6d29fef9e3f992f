//! The pages of a crawl that one process handles at the same time. Whichever of them is done last looks
//! whether the crawl is complete; the others need not read the source for that.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::CrawlId;

/// What a process has in hand of each crawl. Cheap to clone; clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct InFlight(Arc<Mutex<HashMap<CrawlId, InHand>>>);

#[derive(Debug, Default)]
struct InHand {
    pages: usize,
    /// Whether one of them has ended since a handler looked.
    has_ended: bool,
}

/// One page in hand, until it is [done](Handling::done) or dropped.
#[derive(Debug)]
pub(super) struct Handling {
    all: InFlight,
    crawl: CrawlId,
    is_done: bool,
}

impl InFlight {
    /// Takes a page of `crawl` in hand.
    pub fn begin(&self, crawl: CrawlId) -> Handling {
        self.lock().entry(crawl).or_default().pages += 1;
        Handling { all: self.clone(), crawl, is_done: false }
    }

    /// Puts a page of `crawl` down; whether it was the last one in hand, and one of them has ended.
    fn end(&self, crawl: CrawlId, has_ended: bool) -> bool {
        let mut all = self.lock();
        let Some(in_hand) = all.get_mut(&crawl) else { return has_ended };
        in_hand.pages = in_hand.pages.saturating_sub(1);
        in_hand.has_ended |= has_ended;
        let looks = in_hand.pages == 0 && in_hand.has_ended;
        if in_hand.pages == 0 {
            all.remove(&crawl);
        }
        looks
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<CrawlId, InHand>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Handling {
    /// The page is done, and has ended or not; whether to look if its crawl is complete. Where another
    /// page is in hand, that one's handler looks, and after this: it is still to be done. Should it
    /// fail or be killed, its message comes again.
    pub fn done(mut self, has_ended: bool) -> bool {
        self.is_done = true;
        self.all.end(self.crawl, has_ended)
    }
}

impl Drop for Handling {
    fn drop(&mut self) {
        if !self.is_done {
            self.all.end(self.crawl, false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_page_in_hand_looks_for_all_that_have_ended() {
        let (in_flight, one, other) = (InFlight::default(), CrawlId::new(), CrawlId::new());
        let [first, second, third] = [(); 3].map(|()| in_flight.begin(one));
        assert!(in_flight.begin(other).done(true), "of another crawl");
        assert!(!first.done(true));
        assert!(!second.done(false));
        assert!(third.done(false), "the first has ended");
        assert!(!in_flight.begin(one).done(false), "none has ended since");
        assert!(in_flight.begin(one).done(true));
        assert!(in_flight.lock().is_empty());
    }

    #[test]
    fn a_page_whose_handler_was_killed_is_no_longer_in_hand() {
        let (in_flight, crawl) = (InFlight::default(), CrawlId::new());
        let (killed, page) = (in_flight.begin(crawl), in_flight.begin(crawl));
        drop(killed);
        assert!(page.done(true));
        assert!(in_flight.lock().is_empty());
    }
}
