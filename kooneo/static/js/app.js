/*
 * What htmx and HTML cannot do alone: opening dialogs, moving the focus, counting characters, copying, and telling of lost
 * connections. Every page works without it.
 */
(() => {
  const $ = (id) => document.getElementById(id);

  /* Dialogs: htmx puts one into #dialog, this opens it and gives the focus back to what opened it. */
  let opener = null;

  const currentDialog = () => $("dialog")?.querySelector("dialog");

  const openDialog = () => {
    const dialog = currentDialog();
    if (!dialog || dialog.open) return;
    dialog.addEventListener("close", () => {
      hideProblem(); // it may stand inside, and must not go with the dialog
      dialog.remove();
      if (opener?.isConnected) opener.focus();
    });
    dialog.showModal();
    (dialog.querySelector("[data-autofocus]") ?? dialog.querySelector("#dialog-title")).focus();
  };

  const closeDialog = () => currentDialog()?.close();

  document.addEventListener("click", (event) => {
    if (!event.target.closest("dialog [data-close]")) return;
    event.preventDefault();
    closeDialog();
  });

  /* What refreshes itself is nobody's doing: it takes nothing away, and its failures are tried again by themselves. */
  const byItself = (element) => element.matches?.(".subscription, [data-by-itself], [data-waiting]") ?? false;

  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, target } = event.detail;
    if (byItself(elt)) return;
    hideProblem();
    if (target?.id === "dialog") opener = elt;
    if (elt.matches("[data-sending]")) sending(elt, true);
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const { elt } = event.detail;
    if (elt.isConnected && elt.matches("[data-sending]")) sending(elt, false);
  });

  /* What the person had open stays open when a card is drawn anew. */
  let openHistories = [];

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target, shouldSwap } = event.detail;
    const elt = event.detail.requestConfig.elt; // detail.elt is the target here
    if (xhr.status === 503) {
      event.detail.shouldSwap = false;
      if (!byItself(elt)) showProblem(xhr.responseText, again(elt));
    } else if (shouldSwap && target?.matches(".subscription")) {
      openHistories = [...target.querySelectorAll("details[open]")].map((details) => details.id);
      if (!byItself(elt)) closeDialog(); // before the answer is announced: behind a modal nothing is heard
    }
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    openHistories.splice(0).forEach((id) => { if ($(id)) $(id).open = true; });
    if (event.detail.target?.id === "dialog") openDialog();
    enhance(document); // after Back there is no target: the whole body is new
  });

  /* While PayPal is asked: the button says so, and so does the dialog's own live region. */
  const sending = (element, on) => {
    const button = element.matches("button") ? element : element.querySelector("button:not([type=button])");
    if (on) {
      button.dataset.label = button.textContent;
      button.textContent = element.dataset.sending;
      if ($("sending")) $("sending").textContent = element.dataset.sending;
    } else if (button.dataset.label) {
      button.textContent = button.dataset.label;
    }
  };

  const announce = (text) => { $("announcement").textContent = text; };

  /* The server says where the focus goes once the answer stands in the page, and which card has changed. */
  document.addEventListener("kooneo:focus", (event) => $(event.detail.id)?.focus());

  document.addEventListener("kooneo:changed", (event) => {
    // What others open may have followed from this one. One that looks the same is not drawn.
    document.querySelectorAll(".subscription").forEach((card) => {
      if (card.id !== event.detail.id) window.htmx.trigger(card, "kooneo:refresh");
    });
  });

  /* Failures: one place, and it stays. A form sent again carries the same key, so it is never done twice. */
  const showProblem = (html, retry) => {
    const place = $("problem");
    place.innerHTML = html;
    (currentDialog() ?? document.body).append(place);
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
    if (element.matches("form")) element.requestSubmit();
    else element.click();
  };

  const lost = (event) => {
    if (!byItself(event.detail.elt)) showProblem($("lost").innerHTML, again(event.detail.elt));
  };

  document.addEventListener("htmx:sendError", lost);
  document.addEventListener("htmx:timeout", lost);
  document.addEventListener("htmx:responseError", (event) => {
    const { elt, xhr } = event.detail;
    if (!byItself(elt)) showProblem(xhr.responseText, xhr.status >= 500 ? again(elt) : null);
  });

  /* Characters typed, and the copy buttons, which need a script to be of use. */
  const count = (input) => {
    const place = $(`${input.id}-count`);
    const length = [...input.value].length; // as the server counts: characters, not UTF-16 units
    const text = input.dataset.countText.replace("{n}", length).replace("{limit}", input.dataset.count);
    if (place) place.textContent = text;
  };

  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-count]")) count(event.target);
  });

  /* A file that is too large is not sent at all. The server checks it again. */
  document.addEventListener("change", ({ target }) => {
    if (!target.matches("[data-limit]")) return;
    const place = $(`${target.id}-size`);
    const tooLarge = [...target.files].some((file) => file.size > target.dataset.limit);
    place.hidden = !tooLarge;
    place.textContent = tooLarge ? target.dataset.tooLarge : "";
    if (tooLarge) target.value = "";
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

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  const enhance = (root) => {
    root.querySelectorAll("[data-print]").forEach((button) => { button.hidden = false; });
    root.querySelectorAll("[data-copy]").forEach((button) => { button.hidden = false; });
    root.querySelectorAll("[data-count]").forEach(count);
  };

  enhance(document);
  document.querySelector("main [data-autofocus]")?.focus();
})();
