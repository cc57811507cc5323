//! Setting a mixer's pan law. Pure Rust, no ffi.

use crate::desk::backend::Backend;
use crate::desk::graph::Graph;
use crate::desk::node::DeskNode;
use crate::desk::pan_law::PanLaw;
use crate::desk::routing::Endpoint;
use crate::desk::Desk;
use crate::error::Result;
use crate::sync::in_render;

impl<N: DeskNode> Desk<N> {
    /// Sets a mixer's pan law, which all of its mono inputs have from one block on.
    pub(crate) fn set_pan_law(&self, mixer: &N, law: PanLaw) -> Result<()> {
        in_render::refuse()?;
        let mut graph = self.edit()?;
        self.switch_pan_law(&mut graph, mixer, law)
    }

    /// The same with the graph locked for an edit.
    pub(crate) fn switch_pan_law(
        &self,
        graph: &mut Graph<N>,
        mixer: &N,
        law: PanLaw,
    ) -> Result<()> {
        let mirrors = graph.mirrors.all.iter();
        let own = mirrors.filter(|it| std::ptr::eq(&*it.mixer, mixer));
        let mixers: Vec<&N> = own.map(|it| &*it.own).chain([mixer]).collect();
        let set = |mixer: &&N| self.backend().set_pan_law(&N::output(mixer), law);
        let is_set = match mixers.as_slice() {
            [one] => set(one),
            all => self.backend().batch(|| {
                all.iter()
                    .try_fold(true, |is_set, it| Ok(is_set & set(it)?))
            }),
        };
        if is_set? {
            mixers.iter().for_each(|mixer| mixer.pan_law.set(law));
            return Ok(());
        }
        let before = mixer.pan_law.get();
        mixer.pan_law.set(law);
        let (Ok(slot), true) = (mixer.slot(), before != law) else {
            return Ok(());
        };
        // Connections know the law that they were made with.
        let inputs = (0..graph.routing.input_count(slot)).map(|bus| Endpoint { node: slot, bus });
        let fed: Vec<_> = inputs
            .filter(|it| graph.routing.link(*it).is_some())
            .collect();
        let changed = self
            .backend()
            .batch(|| graph.reconnected(&self.driver, fed.iter().copied()));
        if changed.is_err() {
            // As it was, as far as the engine agrees.
            mixer.pan_law.set(before);
            let _ = graph.reconnected(&self.driver, fed);
        }
        changed
    }
}
