/*
 * Sees that htmx starts: from the CDN, or from the local copy when the CDN refuses or hangs.
 *
 * htmx starts on DOMContentLoaded, or at once in a complete document. A copy that arrives between the two, from either place,
 * would never start: the event is sent again for it.
 */
(() => {
  const { local, integrity } = document.currentScript.dataset;
  const PATIENCE_MS = 1500;
  let parsed = false;
  let asked = false;

  const start = () => {
    if (parsed && document.readyState !== "complete") document.dispatchEvent(new Event("DOMContentLoaded"));
  };

  const bringLocal = () => {
    if (asked || window.htmx) return;
    asked = true;
    const script = document.createElement("script");
    script.src = local;
    script.integrity = integrity;
    script.onload = start;
    document.head.append(script);
  };

  document.addEventListener("DOMContentLoaded", () => { parsed = true; }, { once: true });

  // The CDN's tag comes after this one; events of scripts do not bubble, so they are caught on the way down.
  const isCdn = (event) => event.target instanceof HTMLScriptElement && "htmxCdn" in event.target.dataset;
  document.addEventListener("load", (event) => { if (isCdn(event) && !asked) start(); }, true);
  document.addEventListener("error", (event) => { if (isCdn(event)) bringLocal(); }, true);
  setTimeout(bringLocal, PATIENCE_MS);
})();
