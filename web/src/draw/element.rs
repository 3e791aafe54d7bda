//! Makes elements from lists of attributes and children. A call takes half the space that Yew's macro
//! takes in the page, so that parts with many elements are drawn with it.

use yew::{
    AttrValue, Html,
    virtual_dom::{AttributeOrProperty, Attributes, VList, VTag},
};

/// An element with these attributes; `names` and `values` have the same length.
pub(super) fn element(
    tag: &'static str,
    names: &'static [&'static str],
    values: &[&str],
    children: Vec<Html>,
) -> Html {
    let attribute =
        |value: &&str| Some(AttributeOrProperty::Attribute(AttrValue::from((*value).to_owned())));
    let mut tag = VTag::new(tag);
    tag.set_attributes(Attributes::Dynamic {
        keys: names,
        values: values.iter().map(attribute).collect(),
    });
    if let Some(place) = tag.children_mut() {
        *place = VList::with_children(children, None).into();
    }
    tag.into()
}

/// An element with this class only.
pub(super) fn classed(tag: &'static str, class: &'static str, children: Vec<Html>) -> Html {
    element(tag, &["class"], &[class], children)
}

/// A text.
pub(super) fn text(text: &str) -> Html {
    Html::from(text)
}
