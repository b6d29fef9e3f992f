//! Which backend answers a message: drawn by weight from a hash of the message's id, so that a message
//! that comes again is answered by the same one.

use domain::{Integration, IntegrationStatus, MessageId};

/// The backends to ask, first to last: the one drawn, then the fallback. Empty if none has a weight: the
/// built-in answerer answers then.
pub fn candidates(integrations: &[Integration], message: MessageId) -> Vec<usize> {
    let enabled = || {
        let all = integrations.iter().enumerate();
        all.filter(|(_, integration)| integration.status != IntegrationStatus::Disabled)
    };
    let Some(drawn) = draw(enabled().map(|(at, i)| (at, i.weight)), hash(message)) else {
        return Vec::new();
    };
    // Of several the oldest.
    let fallback = enabled()
        .filter(|(at, integration)| integration.is_fallback && *at != drawn)
        .min_by_key(|(_, integration)| integration.id);
    std::iter::once(drawn).chain(fallback.map(|(at, _)| at)).collect()
}

/// One of `weighted`, each as likely as its weight; `None` if all weights are 0.
fn draw(weighted: impl Iterator<Item = (usize, u32)> + Clone, hash: u64) -> Option<usize> {
    let total: u64 = weighted.clone().map(|(_, weight)| u64::from(weight)).sum();
    let mut left = hash.checked_rem(total)?;
    for (at, weight) in weighted {
        match left.checked_sub(u64::from(weight)) {
            Some(rest) => left = rest,
            None => return Some(at),
        }
    }
    None
}

/// The random half of an id, mixed, since its bits are few.
fn hash(message: MessageId) -> u64 {
    let [_, low] = [(message.uuid().as_u128() >> 64) as u64, message.uuid().as_u128() as u64];
    let mut mixed = low ^ (low >> 33);
    mixed = mixed.wrapping_mul(0xff51_afd7_ed55_8ccd);
    mixed ^ (mixed >> 33)
}

#[cfg(test)]
pub(crate) mod tests {
    use domain::{BackendKind, ChatbotId, IntegrationId, Timestamp, WorkspaceId};

    use super::*;

    pub(crate) fn integration(kind: BackendKind, weight: u32, is_fallback: bool) -> Integration {
        let now = Timestamp::now();
        Integration {
            id: IntegrationId::new(),
            workspace_id: WorkspaceId::new(),
            chatbot_id: ChatbotId::new(),
            name: "Test".to_owned(),
            kind,
            url: None,
            model: None,
            headers: Vec::new(),
            sealed_api_key: None,
            timeout_seconds: 30,
            weight,
            is_fallback,
            status: IntegrationStatus::Active,
            status_reason: None,
            open_until: None,
            trips: 0,
            created_at: now,
            updated_at: now,
        }
    }

    fn of(weights: &[(u32, bool)]) -> Vec<Integration> {
        weights.iter().map(|(weight, is)| integration(BackendKind::Echo, *weight, *is)).collect()
    }

    #[test]
    fn each_is_drawn_as_often_as_its_weight_and_always_for_the_same_message() {
        let all = of(&[(1, false), (3, false), (0, false)]);
        let mut drawn = [0_u32; 3];
        for _ in 0..4_000 {
            let message = MessageId::new();
            let chosen = candidates(&all, message);
            assert_eq!(chosen, candidates(&all, message));
            drawn[chosen[0]] += 1;
        }
        // Six standard deviations around 1,000.
        assert!((836..=1_164).contains(&drawn[0]), "{drawn:?}");
        assert_eq!(drawn[2], 0);
    }

    #[test]
    fn the_fallback_is_the_oldest_other_one_that_is_enabled() {
        let mut all = of(&[(1, true), (0, true), (0, true)]);
        let message = MessageId::new();
        assert_eq!(candidates(&all, message), [0, 1]);
        all[1].status = IntegrationStatus::Disabled;
        assert_eq!(candidates(&all, message), [0, 2]);
        all[2].status = IntegrationStatus::Error;
        assert_eq!(candidates(&all, message), [0, 2], "what failed may answer again");
        assert_eq!(candidates(&of(&[(0, true), (0, false)]), message), [0_usize; 0]);
        assert_eq!(candidates(&[], message), [0_usize; 0]);
    }
}
