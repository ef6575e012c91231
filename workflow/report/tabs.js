// Tabs by the WAI-ARIA pattern; without a script, and on paper, every panel stands one below the other.
(() => {
  const tabs = [...document.querySelectorAll("[role=tab]")];
  const panel = (tab) => document.getElementById(tab.getAttribute("aria-controls"));

  function choose(tab, focus) {
    tabs.forEach((other) => {
      const chosen = other === tab;
      other.setAttribute("aria-selected", chosen);
      other.tabIndex = chosen ? 0 : -1;
      panel(other).hidden = !chosen;
    });
    if (focus) tab.focus();
    window.dispatchEvent(new Event("resize")); // what was hidden had no size
  }
  const named = () => tabs.find((tab) => location.hash === `#${tab.id.slice(4)}`);
  function go(tab, focus) {
    choose(tab, focus);
    history.replaceState(null, "", `#${tab.id.slice(4)}`);
  }
  tabs.forEach((tab, i) => {
    panel(tab).setAttribute("role", "tabpanel");
    panel(tab).setAttribute("aria-labelledby", tab.id);
    panel(tab).removeAttribute("aria-label");
    panel(tab).tabIndex = 0;
    tab.addEventListener("click", () => go(tab, false));
    tab.addEventListener("keydown", (event) => {
      const next = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: -1 }[event.key];
      if (next === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      go(tabs.at(next % tabs.length), true);
    });
  });
  window.addEventListener("hashchange", () => { if (named()) choose(named(), false); });
  document.querySelector("[role=tablist]").hidden = false;
  choose(named() || tabs[0], false);
})();
