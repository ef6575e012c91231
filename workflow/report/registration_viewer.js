// The flicker: one picture, what it shows, and the keys that change it. Nothing is loaded from anywhere.
(() => {
  const element = (id) => document.getElementById(id);
  const read = (id) => JSON.parse(element(id).textContent);
  const cuts = read("cuts"), start = read("start");
  const { moving, short } = element("look").dataset, moved = moving[0].toUpperCase() + moving.slice(1);
  const names = { planning: "Planning MRI", before: `${moved}, before`, after: `${moved}, registered`,
    board: "Checkerboard: planning and registered", edges: `Planning MRI with edges of the ${short}`,
    discrepancy: "Backward discrepancy" };
  const planes = ["axial", "coronal", "sagittal", "head"];
  const state = { cut: cuts.findIndex((c) => c.id === start.axial), mode: "planning", partner: "after", contours: true };
  let timer = null;

  const layers = (id) => ({
    planning: [[`${id}-planning`]], before: [[`${id}-before`]], after: [[`${id}-after`]],
    board: [[`${id}-planning`], [`${id}-after`, "url(#checkerboard)"]],
    edges: [[`${id}-planning`], [`${id}-edges`]],
    discrepancy: [[`${id}-planning`], [`${id}-discrepancy`]],
  })[state.mode].concat(state.contours ? [[`${id}-contours${state.mode === "before" ? "-before" : ""}`]] : []);

  function draw() {
    const cut = cuts[state.cut], view = element("view");
    view.setAttribute("viewBox", `0 0 ${cut.width} ${cut.height}`);
    view.replaceChildren(...layers(cut.id).filter(([id]) => element(id)).map(([id, mask]) => {
      const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
      use.setAttribute("href", `#${id}`);
      if (mask) use.setAttribute("mask", mask);
      return use;
    }));
    element("shown").textContent = names[state.mode];
    element("place").textContent = cut.label;
    ["left", "right", "top", "bottom"].forEach((side, i) => { element(`side-${side}`).textContent = cut.sides[i]; });
    const box = view.getBoundingClientRect();
    element("bar").style.width = `${20 * Math.min(box.width / cut.width, box.height / cut.height)}px`;
    const same = cuts.map((c, i) => i).filter((i) => cuts[i].plane === cut.plane);
    Object.assign(element("slice"), { max: same.length - 1, value: same.indexOf(state.cut) });
    element("slice").setAttribute("aria-valuetext", cut.label);
    document.querySelectorAll("[data-mode]").forEach((b) => b.setAttribute("aria-pressed", b.dataset.mode === state.mode));
    document.querySelectorAll("[data-plane]").forEach((b) => b.setAttribute("aria-pressed", b.dataset.plane === cut.plane));
    element("auto").setAttribute("aria-pressed", timer !== null);
    element("contours").setAttribute("aria-pressed", state.contours);
  }
  function show(mode) {
    if (!document.querySelector(`[data-mode="${mode}"]`)) return;
    if (mode === "before" || mode === "after") state.partner = mode;
    state.mode = mode;
    draw();
  }
  const flicker = () => show(state.mode === "planning" ? state.partner : "planning");
  function flickerByItself() {
    // Slower than three changes a second, which is the limit for people with photosensitive epilepsy.
    timer = timer === null ? setInterval(flicker, 600) : (clearInterval(timer), null);
    draw();
  }
  function toggleContours() { state.contours = !state.contours; draw(); }
  function step(by) {
    const plane = cuts[state.cut].plane, next = state.cut + by;
    if (cuts[next] && cuts[next].plane === plane) { state.cut = next; draw(); }
  }
  function choosePlane(plane) {
    state.cut = cuts.findIndex((c) => plane === "head" ? c.plane === "head" : c.id === start[plane]);
    draw();
  }
  const keys = {
    " ": flicker, f: flickerByItself, c: toggleContours, ArrowLeft: () => step(-1), ArrowRight: () => step(1),
    p: () => choosePlane(planes[(planes.indexOf(cuts[state.cut].plane) + 1) % planes.length]),
  };
  Object.keys(names).forEach((mode, i) => { keys[String(i + 1)] = () => show(mode); });

  document.addEventListener("keydown", (event) => {
    const action = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("input:not([type=range]), textarea, canvas") || !element("screen").getClientRects().length) return;
    const onControl = event.target.closest("button, input, a, summary");
    if (onControl && (event.key === " " || event.key.startsWith("Arrow"))) return; // theirs
    event.preventDefault();
    action();
  });
  element("screen").addEventListener("click", flicker);
  element("screen").addEventListener("keydown", (event) => { if (event.key === "Enter") flicker(); });
  document.querySelectorAll("[data-mode]").forEach((b) => b.addEventListener("click", () => show(b.dataset.mode)));
  document.querySelectorAll("[data-plane]").forEach((b) => b.addEventListener("click", () => choosePlane(b.dataset.plane)));
  document.querySelectorAll("[data-cut]").forEach((b) => b.addEventListener("click", () => {
    state.cut = cuts.findIndex((c) => c.id === b.dataset.cut);
    draw();
    element("look").scrollIntoView();
    element("screen").focus({ preventScroll: true });
  }));
  element("auto").addEventListener("click", flickerByItself);
  element("contours").addEventListener("click", toggleContours);
  element("slice").addEventListener("input", (event) => {
    const plane = cuts[state.cut].plane;
    state.cut = cuts.findIndex((c) => c.plane === plane) + Number(event.target.value);
    draw();
  });
  // A button that was clicked gives the keys back to the picture.
  document.querySelectorAll(".controls button").forEach((b) => b.addEventListener("click", (event) => { if (event.detail) b.blur(); }));
  window.addEventListener("resize", draw);
  draw();
})();
