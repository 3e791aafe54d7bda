//! The page in a browser: it draws what it is given, and decides nothing.

mod shell;

use shell::Shell;

fn main() {
    yew::Renderer::<Shell>::new().render();
}
