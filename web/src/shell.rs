//! The one component: what everything else is drawn in.

use yew::{Component, Context, Html, html};

/// The page.
#[derive(Debug)]
pub(crate) struct Shell;

impl Component for Shell {
    type Message = ();
    type Properties = ();

    fn create(_: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, _: &Context<Self>) -> Html {
        html! { <h1>{ "Audit Logs Setup" }</h1> }
    }
}

#[cfg(test)]
mod tests;
