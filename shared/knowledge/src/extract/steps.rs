//! Steps whole: code and paragraphs between one step and the next belong to the one before them.

use super::outline::{Block, BlockKind};

/// Blocks between two steps that are taken into the first at most.
const MAX_BETWEEN: usize = 4;
/// What is longer, in characters, is no part of a step's line.
const LONGEST: usize = 300;

/// Puts what is between two steps into the line of the first, if it goes into a line. A list is told by
/// its numbers, since code between two steps often ends the list.
pub(super) fn whole(blocks: Vec<Block>) -> Vec<Block> {
    if !blocks.iter().any(|block| block.kind == BlockKind::Step) {
        return blocks;
    }
    let mut whole: Vec<Block> = Vec::with_capacity(blocks.len());
    let mut at = 0;
    while let Some(block) = blocks.get(at) {
        at += 1;
        whole.push(block.clone());
        let between = between(&blocks, at - 1);
        for part in blocks.iter().skip(at).take(between) {
            let Some(step) = whole.last_mut() else { break };
            step.text.push(' ');
            step.text.push_str(&part.text.trim().replacen('\n', ": ", 1));
            at += 1;
        }
    }
    whole
}

/// How many blocks are between a step and the next one, if they are part of it.
fn between(blocks: &[Block], at: usize) -> usize {
    let Some(step) = blocks.get(at) else { return 0 };
    let Some((indent, number)) = number(step) else { return 0 };
    let rest = blocks.get(at + 1..).unwrap_or_default();
    let is_part = |block: &&Block| {
        let said = match block.headings == step.headings {
            true => Some(block.text.trim()),
            false => said_in_panel(step, block),
        };
        matches!(block.kind, BlockKind::Text | BlockKind::Code)
            && said.is_some_and(|said| !said.contains('\n'))
            && block.text.chars().count() <= LONGEST
    };
    let count = rest.iter().take(MAX_BETWEEN + 1).take_while(is_part).count();
    let next = rest.get(count).filter(|next| next.headings == step.headings);
    match next.and_then(self::number) {
        Some(next) if count <= MAX_BETWEEN && next == (indent, number + 1) => count,
        _ => 0,
    }
}

/// What a panel within a step says below its label, such as the name of a system.
fn said_in_panel<'b>(step: &Block, block: &'b Block) -> Option<&'b str> {
    let (label, above) = block.headings.split_last()?;
    let said = block.text.trim().strip_prefix(label.as_str())?.strip_prefix('\n')?;
    (above == &step.headings[..]).then_some(said)
}

/// How far a step is indented, and its number.
fn number(block: &Block) -> Option<(usize, u32)> {
    let text = block.text.trim_start();
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let number = text.get(..digits)?.parse().ok()?;
    (block.kind == BlockKind::Step).then_some((block.text.len() - text.len(), number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(blocks: &[(BlockKind, &str)]) -> Vec<String> {
        let blocks =
            blocks.iter().map(|(kind, text)| Block { kind: *kind, ..Block::new(&[], *text) });
        whole(blocks.collect()).into_iter().map(|block| block.text).collect()
    }

    #[test]
    fn what_is_between_two_steps_is_part_of_the_first() {
        use BlockKind::{Code, Item, Step, Text};
        let steps = [
            (Step, "1. Fill the tank."),
            (Code, "pump --fill"),
            (Step, "2. Wait."),
            (Text, "The lamp is green then."),
            (Step, "3. Drain it."),
            (Text, "That is all."),
        ];
        let whole = [
            "1. Fill the tank. pump --fill",
            "2. Wait. The lamp is green then.",
            "3. Drain it.",
            "That is all.",
        ];
        assert_eq!(lines(&steps), whole);
        for apart in [
            [(Step, "1. Fill it."), (Text, "Another list:"), (Step, "1. Drain it.")],
            [(Step, "1. Fill it."), (Code, "pump\nvalve"), (Step, "2. Drain it.")],
            [(Step, "1. Fill it."), (Item, "- with rain"), (Step, "2. Drain it.")],
            [(Step, "  1. Fill it."), (Text, "Then."), (Step, "2. Drain it.")],
        ] {
            assert_eq!(lines(&apart).len(), 3, "{apart:?}");
        }
    }

    #[test]
    fn panels_within_a_step_are_part_of_it_with_their_labels() {
        use BlockKind::Step;
        let panel = |system: &str, text: &str| Block::new(&["Set up", system], text);
        let step = |text: &str| Block { kind: Step, ..Block::new(&["Set up"], text) };
        let tabs = [
            step("1. Stop the pump."),
            panel("Hand wheel", "Hand wheel\nTurn it left."),
            panel("Motor", "Motor\nPress red."),
            step("2. Drain it."),
            panel("Spare parts", "Spare parts\nOrder a seal."),
        ];
        let said: Vec<String> = whole(tabs.to_vec()).into_iter().map(|b| b.text).collect();
        let first = "1. Stop the pump. Hand wheel: Turn it left. Motor: Press red.";
        assert_eq!(said, [first, "2. Drain it.", "Spare parts\nOrder a seal."]);
    }
}
