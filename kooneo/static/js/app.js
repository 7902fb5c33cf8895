/*
 * What htmx and HTML cannot do alone: opening dialogs, moving the focus, counting characters, copying, and telling of lost
 * connections. Every page works without it.
 */
(() => {
  const $ = (id) => document.getElementById(id);

  /* Dialogs: htmx puts one into #dialog, this opens it and gives the focus back to what opened it. */
  let opener = null;

  const openDialog = () => {
    const dialog = $("dialog")?.querySelector("dialog");
    if (!dialog || dialog.open) return;
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (opener?.isConnected) opener.focus();
    });
    dialog.showModal();
    (dialog.querySelector("[data-autofocus]") ?? dialog.querySelector("#dialog-title")).focus();
  };

  const closeDialog = () => $("dialog")?.querySelector("dialog")?.close();

  document.addEventListener("click", (event) => {
    const close = event.target.closest("dialog [data-close]");
    if (close) {
      event.preventDefault();
      closeDialog();
    }
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    hideProblem();
    if (event.detail.target?.id === "dialog") opener = event.detail.elt;
    const form = event.detail.elt.closest?.("form[data-sending]");
    if (form) sending(form, true);
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt.closest?.("form[data-sending]");
    if (form?.isConnected) sending(form, false);
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id === "dialog") openDialog();
    enhance(document); // after Back there is no target: the whole body is new
  });

  /* While PayPal is asked: the button says so, and so does the live region. */
  const sending = (form, on) => {
    const button = form.querySelector("button:not([type=button])");
    if (on) {
      button.dataset.label = button.textContent;
      button.textContent = form.dataset.sending;
      announce(form.dataset.sending);
    } else if (button.dataset.label) {
      button.textContent = button.dataset.label;
    }
  };

  const announce = (text) => { $("announcement").textContent = text; };

  /* The server says where the focus goes once the answer stands in the page. */
  document.addEventListener("kooneo:focus", (event) => {
    closeDialog();
    $(event.detail.id)?.focus({ preventScroll: false });
  });

  /* Failures: one place, and it stays. A form sent again carries the same key, so it is never done twice. */
  const showProblem = (html, retry) => {
    const place = $("problem");
    place.innerHTML = html;
    const dialog = $("dialog")?.querySelector("dialog[open]");
    (dialog ?? document.body).append(place);
    if (!retry) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = place.dataset.retry;
    button.addEventListener("click", retry);
    place.querySelector(".message > div")?.append(button);
  };

  const hideProblem = () => {
    const place = $("problem");
    place.replaceChildren();
    document.body.append(place);
  };

  const again = (element) => () => {
    const form = element.closest?.("form");
    if (form) form.requestSubmit();
    else element.click();
  };

  const lost = (event) => {
    if (event.detail.elt.matches?.("[data-waiting]")) return; // the next refresh will try again
    showProblem($("lost").innerHTML, again(event.detail.elt));
  };

  document.addEventListener("htmx:sendError", lost);
  document.addEventListener("htmx:timeout", lost);
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.elt.matches?.("[data-waiting]")) return;
    showProblem(event.detail.xhr.responseText, event.detail.xhr.status >= 500 ? again(event.detail.elt) : null);
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, elt } = event.detail;
    if (xhr.status === 503) {
      event.detail.shouldSwap = false;
      showProblem(xhr.responseText, again(elt));
    }
  });

  /* Characters typed, and the copy buttons, which need a script to be of use. */
  const count = (input) => {
    const place = $(`${input.id}-count`);
    const text = input.dataset.countText.replace("{n}", input.value.length).replace("{limit}", input.dataset.count);
    if (place) place.textContent = text;
  };

  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-count]")) count(event.target);
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      announce(button.dataset.copied);
    } catch {
      const range = document.createRange();
      range.selectNodeContents(button.parentElement.querySelector("code"));
      getSelection().removeAllRanges();
      getSelection().addRange(range);
    }
  });

  const enhance = (root) => {
    root.querySelectorAll("[data-copy]").forEach((button) => { button.hidden = false; });
    root.querySelectorAll("[data-count]").forEach(count);
  };

  enhance(document);
  document.querySelector("main [data-autofocus]")?.focus();
})();
