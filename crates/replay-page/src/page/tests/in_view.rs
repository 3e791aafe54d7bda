//! What a story sees: the view of the page, its parts, and the requests without a response.

use super::*;

impl Harness {
    pub(super) fn view(&self) -> View {
        View::of(&self.page, self.now)
    }

    pub(super) fn open_body(&self) -> Open {
        let Body::Open(open) = self.view().body else { panic!("{:#?}", self.view()) };
        *open
    }

    pub(super) fn popover(&self) -> Popover {
        self.replay().picker.popover.expect("the popover is closed")
    }

    /// The text of a field of a custom range.
    pub(super) fn text(&self, field: RangeField) -> String {
        self.input(field).text
    }

    pub(super) fn input(&self, field: RangeField) -> RangeInput {
        let inputs = self.popover().custom.expect("another tab is in view").inputs;
        inputs.into_iter().find(|input| input.field == field).unwrap()
    }

    /// What the draft was understood as.
    pub(super) fn understood(&self) -> Understood {
        let RangePicker { draft, popover, .. } = self.replay().picker;
        draft.or(popover.map(|popover| popover.understood)).expect("there is no draft")
    }

    pub(super) fn replay(&self) -> Replay {
        let Panel::Replay(replay) = self.open_body().panel else { panic!("{:#?}", self.view()) };
        *replay
    }

    pub(super) fn setup(&self) -> SetupForm {
        let Panel::Setup(form) = self.open_body().panel else { panic!("{:#?}", self.view()) };
        *form
    }

    /// The status of the first job in view.
    pub(super) fn status(&self) -> String {
        self.replay().rows[0].status.clone().map(|badge| badge.word).unwrap_or_default()
    }

    /// The requests without a response, in order, like `Get us/…`.
    pub(super) fn pending(&self) -> Vec<String> {
        let describe = |(_, request): &(RequestId, Request)| {
            let path = request.path.trim_start_matches("/api/");
            format!("{:?} {path}", request.method)
        };
        self.requests.iter().map(describe).collect()
    }
}
