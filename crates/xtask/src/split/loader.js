// The second part of the program is loaded on the first use of the page, or as soon as the first part
// calls it.
const SECOND_PART = new URL('SECOND_PART_NAME', import.meta.url);
let secondPart;

function attachSecondPart(module) {
    new WebAssembly.Instance(module, { ...__wbg_get_imports(), first: wasm });
}

// A call cannot wait for a promise, so the request blocks.
function load_second_part() {
    const request = new XMLHttpRequest();
    request.open('GET', SECOND_PART, false);
    request.overrideMimeType('text/plain; charset=x-user-defined');
    request.send();
    const bytes = Uint8Array.from(request.responseText, (unit) => unit.charCodeAt(0) & 255);
    attachSecondPart(new WebAssembly.Module(bytes));
}

async function fetchSecondPart() {
    attachSecondPart(await WebAssembly.compileStreaming(fetch(SECOND_PART)));
}

globalThis.loadSecondPart = () => secondPart ??= fetchSecondPart().catch((error) => {
    secondPart = undefined;
    throw error;
});

for (const use of ['keydown', 'pointerdown', 'pointermove', 'touchstart', 'wheel']) {
    const load = () => globalThis.loadSecondPart().catch(() => {});
    addEventListener(use, load, { capture: true, once: true, passive: true });
}
