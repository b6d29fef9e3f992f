//! A cache that is bounded by the bytes of its entries and loads each value once, however many
//! ask for it at the same time. Values are cheap to clone, as an `Arc` is.

use std::{fmt, hash::Hash, sync::Arc};

use quick_cache::{DefaultHashBuilder, Lifecycle, Weighter, sync::Cache};

/// Bytes that an entry takes besides those its weight names.
const ENTRY_BYTES: usize = 128;
/// One shard per this many entries; few, so that a large entry fits into one.
const ENTRIES_PER_SHARD: usize = 32;

/// A cache from `K` to `V`. Cheap to clone; clones share their entries.
pub struct ByteCache<K, V>(Arc<Inner<K, V>>);

type Inner<K, V> = Cache<K, V, Weight<K, V>, DefaultHashBuilder, Pinned<V>>;

impl<K, V> Clone for ByteCache<K, V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K, V> fmt::Debug for ByteCache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByteCache").finish_non_exhaustive()
    }
}

/// The bytes of an entry.
struct Weight<K, V>(fn(&K, &V) -> usize);

impl<K, V> Clone for Weight<K, V> {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}

impl<K, V> Weighter<K, V> for Weight<K, V> {
    fn weight(&self, key: &K, value: &V) -> u64 {
        u64::try_from((self.0)(key, value).saturating_add(ENTRY_BYTES)).unwrap_or(u64::MAX)
    }
}

/// Whether a value stays for now, since it is in use.
struct Pinned<V>(fn(&V) -> bool);

impl<V> Clone for Pinned<V> {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}

impl<K, V> Lifecycle<K, V> for Pinned<V> {
    type RequestState = ();

    fn is_pinned(&self, _: &K, value: &V) -> bool {
        (self.0)(value)
    }
}

impl<K: Eq + Hash + Clone, V: Clone> ByteCache<K, V> {
    /// A cache of at most `max_bytes`; `bytes` says how many an entry takes. Its answer for a value
    /// never changes. An entry that is larger than the whole cache is not kept.
    pub fn new(max_bytes: usize, bytes: fn(&K, &V) -> usize) -> Self {
        Self::pinning(max_bytes, bytes, |_| false)
    }

    /// The same, but values that are `in_use` are not evicted, whatever their bytes.
    pub fn pinning(max_bytes: usize, bytes: fn(&K, &V) -> usize, in_use: fn(&V) -> bool) -> Self {
        let max = u64::try_from(max_bytes).unwrap_or(u64::MAX);
        let (weight, pinned) = (Weight(bytes), Pinned(in_use));
        let hasher = DefaultHashBuilder::default();
        Self(Arc::new(Cache::with(ENTRIES_PER_SHARD, max, weight, hasher, pinned)))
    }

    /// The value of `key`, which `load` gives where it is not cached: once, while others that ask
    /// for it wait. A failure is not cached; one of those who wait loads next.
    pub async fn get_or_load<E>(
        &self,
        key: &K,
        load: impl Future<Output = Result<V, E>>,
    ) -> Result<V, E> {
        self.0.get_or_insert_async(key, load).await
    }

    /// The value of `key`, or that of `make`, which is cached.
    pub fn get_or_make(&self, key: &K, make: impl FnOnce() -> V) -> V {
        if let Some(value) = self.0.get(key) {
            return value;
        }
        let made = self.0.get_or_insert_with(key, || Ok::<_, std::convert::Infallible>(make()));
        match made {
            Ok(value) => value,
            Err(never) => match never {},
        }
    }

    /// Caches `value` in place of what was cached for `key`.
    pub fn insert(&self, key: K, value: V) {
        self.0.insert(key, value);
    }

    /// The value of `key`, if it is cached.
    pub fn get(&self, key: &K) -> Option<V> {
        self.0.get(key)
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes of all entries.
    pub fn bytes(&self) -> u64 {
        self.0.weight()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn texts(max_bytes: usize) -> ByteCache<u32, Arc<str>> {
        ByteCache::new(max_bytes, |_, text| text.len())
    }

    #[test]
    fn it_is_bounded_by_bytes_and_not_by_entries() {
        let max = 100 * 1024;
        let cache = texts(max);
        for key in 0..1_000 {
            cache.insert(key, "x".repeat(1024).into());
        }
        assert!(cache.bytes() <= max as u64 && cache.len() > 50, "{} entries", cache.len());
        assert!(cache.get(&999).is_some(), "the newest is there");
        let small = texts(max);
        (0..300).for_each(|key| small.insert(key, "x".into()));
        assert_eq!(small.len(), 300, "small ones all fit");
    }

    #[test]
    fn what_is_larger_than_the_cache_is_not_kept() {
        let cache = texts(1024);
        cache.insert(1, "x".repeat(2 * 1024).into());
        assert_eq!((cache.get(&1), cache.is_empty()), (None, true));
    }

    #[test]
    fn a_value_in_use_is_not_evicted() {
        let cache: ByteCache<u32, Arc<str>> =
            ByteCache::pinning(4 * 1024, |_, text| text.len(), |text| Arc::strong_count(text) > 1);
        let used = cache.get_or_make(&0, || "x".repeat(512).into());
        for key in 1..100 {
            cache.get_or_make(&key, || "x".repeat(512).into());
        }
        assert!(Arc::ptr_eq(&used, &cache.get_or_make(&0, || "other".into())));
        assert!(cache.len() < 10);
    }

    #[tokio::test]
    async fn a_value_is_loaded_once_and_a_failure_is_not_kept() {
        let (cache, loads) = (texts(1024), AtomicUsize::new(0));
        let load = async || {
            cache
                .get_or_load(&1, async {
                    tokio::task::yield_now().await;
                    match loads.fetch_add(1, Ordering::SeqCst) {
                        0 => Err("down"),
                        _ => Ok("value".into()),
                    }
                })
                .await
        };
        let (first, second, third) = tokio::join!(load(), load(), load());
        let failed = [&first, &second, &third].into_iter().filter(|one| one.is_err()).count();
        assert_eq!((failed, loads.load(Ordering::SeqCst)), (1, 2));
        assert_eq!(load().await, Ok("value".into()));
        assert_eq!(loads.load(Ordering::SeqCst), 2);
    }
}
