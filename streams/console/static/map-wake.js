// Asks for a graphics context beside the page, and tells when the browser has answered: yes or no, it will not have to be waited for again.

new OffscreenCanvas(1, 1).getContext("webgl2");
postMessage("awake");
