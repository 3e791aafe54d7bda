//! The only Yew component: passes messages to the page, carries out its effects and draws its view.
//! Its own state is that of the browser: dialogs, focus and listeners.

use gloo_events::EventListener;
use replay_page::{Effect, Intent, Msg, Page, View, timeline::Gesture};
use web_sys::HtmlDialogElement;
use yew::{Component, Context, Html, NodeRef};

use crate::{
    browser,
    draw::{self, Dialogs},
    fetch::Fetches,
    focus::Focus,
    listen::{ask_before_leaving, listen},
    perform::perform,
    second_part::SecondPart,
};

/// The component of the page.
pub(crate) struct Shell {
    page: Page,
    view: View,
    dialogs: Dialogs,
    fetches: Fetches,
    second_part: SecondPart,
    focus: Option<Focus>,
    /// Whether an effect moves the focus after the next drawing.
    is_focus_moving: bool,
    /// Asks for a confirmation before the page is left.
    guard: Option<EventListener>,
    _listeners: Vec<EventListener>,
}

impl Component for Shell {
    type Message = Msg;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let (page, effects) = Page::open(browser::flags(), browser::now());
        let fetches = Fetches::default();
        carry_out(ctx, effects, &fetches);
        Self {
            fetches,
            second_part: SecondPart::default(),
            view: View::of(&page, browser::now()),
            page,
            dialogs: Dialogs::default(),
            focus: None,
            is_focus_moving: false,
            guard: None,
            _listeners: listen(&ctx.link().callback(core::convert::identity)),
        }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        if matches!(msg, Msg::Intended(_) | Msg::Moved(_)) && !self.second_part.is_here() {
            let second_part = self.second_part.clone();
            ctx.link().send_future(async move {
                // A pointer that only passes asks for nothing.
                let passes = matches!(msg, Msg::Intended(Intent::Timeline(Gesture::Hover(_))));
                if second_part.load().await {
                    msg
                } else if passes {
                    Msg::Done
                } else {
                    Msg::NotLoaded
                }
            });
            return false;
        }
        let now = browser::now();
        let effects = self.page.update(msg, now);
        self.is_focus_moving |= effects.iter().any(|effect| matches!(effect, Effect::Focus(_)));
        carry_out(ctx, effects, &self.fetches);
        self.view = View::of(&self.page, now);
        // Several messages may come before a drawing has ended: the focus before the first one counts.
        self.focus = self.focus.take().or_else(Focus::now);
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        draw::page(&self.view, &self.dialogs, &ctx.link().callback(core::convert::identity))
    }

    fn rendered(&mut self, _: &Context<Self>, _: bool) {
        browser::set_title(&self.view.title);
        if self.view.unsaved != self.guard.is_some() {
            self.guard = self.view.unsaved.then(ask_before_leaving).flatten();
        }
        show(&self.dialogs.question, self.view.question.is_some());
        show(&self.dialogs.sign_in, self.view.dialog.is_some());
        let focus = self.focus.take();
        if !core::mem::take(&mut self.is_focus_moving)
            && let Some(focus) = focus
        {
            focus.restore();
        }
    }
}

/// Opens or closes a dialog. These calls make it modal and restore the focus; an attribute would
/// not.
fn show(dialog: &NodeRef, shown: bool) {
    if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
        match (shown, dialog.open()) {
            (true, false) => drop(dialog.show_modal()),
            (false, true) => dialog.close(),
            (true, true) | (false, false) => {}
        }
    }
}

fn carry_out(ctx: &Context<Shell>, effects: Vec<Effect>, fetches: &Fetches) {
    for effect in effects {
        // Before the text is drawn, which could not be undone.
        if let Effect::Retype(id, text, _) = &effect {
            browser::retype(id, text);
        }
        ctx.link().send_future(perform(effect, fetches.clone()));
    }
}

#[cfg(test)]
mod tests;
