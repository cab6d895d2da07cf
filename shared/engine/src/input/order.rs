//! Which inputs have to be resolved before which.

use std::collections::HashMap;

use super::Input;

/// The dependencies between inputs, by their places in the flow.
#[derive(Debug)]
pub(super) struct Order {
    /// Every input once, each after what it depends on.
    pub(super) places: Vec<usize>,
    /// What the input at a place depends on: unknown ids and itself left out.
    pub(super) dependencies: Vec<Vec<usize>>,
}

impl Order {
    /// Walks the inputs depth first with a stack of its own: neither a long chain nor a cycle ends badly. A sound flow
    /// has no cycle; were there one, some input on it would come before something it depends on.
    pub(super) fn of(inputs: &[Input]) -> Self {
        let by_id: HashMap<&str, usize> =
            inputs.iter().enumerate().map(|(place, it)| (it.id.as_str(), place)).collect();
        let dependencies: Vec<Vec<usize>> = inputs
            .iter()
            .enumerate()
            .map(|(place, input)| {
                let ids = input.depends_on.iter().flat_map(|it| &it.inputs);
                ids.filter_map(|id| by_id.get(id.as_str()).copied()).filter(|it| *it != place).collect()
            })
            .collect();
        let mut places = Vec::with_capacity(inputs.len());
        let mut entered = vec![false; inputs.len()];
        for start in 0..inputs.len() {
            let mut path = Vec::new();
            if !entered[start] {
                entered[start] = true;
                path.push((start, dependencies[start].iter()));
            }
            while let Some((place, rest)) = path.last_mut() {
                if let Some(&next) = rest.find(|it| !entered[**it]) {
                    entered[next] = true;
                    path.push((next, dependencies[next].iter()));
                } else {
                    places.push(*place);
                    path.pop();
                }
            }
        }
        Self { places, dependencies }
    }
}
