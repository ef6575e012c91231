"use strict";
// The specification curve of one feature: dz of every universe from the lowest to the highest, its decisions below;
// the slider, or a pointer over a column, tells which universe it is.
document.querySelectorAll(".curve").forEach((block) => {
  const data = JSON.parse(block.querySelector("script").textContent);
  const [select, slider, drawing, told] = ["select", "input", "svg", "output"].map((name) => block.querySelector(name));
  const label = 128, row = 15, panel = 190, top = 10;
  const node = (name, attributes, text) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    drawing.append(made);
    return made;
  };
  const marks = [
    (x, y, colour) => node("circle", { cx: x, cy: y, r: 3.4, fill: colour }),
    (x, y, colour) => node("rect", { x: x - 3.2, y: y - 3.2, width: 6.4, height: 6.4, fill: colour }),
    (x, y, colour) => node("path", { d: `M${x - 3.2} ${y - 3.2}l6.4 6.4m0 -6.4l-6.4 6.4`, stroke: colour, "stroke-width": 1.6 }),
  ];
  let points = [], step = 1, shown = null;

  function draw() {
    const [name, , found] = data.features[select.selectedIndex];
    points = found;
    drawing.replaceChildren();
    const width = Math.max(300, drawing.clientWidth), bottom = top + panel;
    step = (width - label - 8) / points.length;
    const ends = points.flatMap((p) => [p[1], p[2] ?? p[1], p[3] ?? p[1]]).concat(0);
    const [low, high] = [Math.min(...ends), Math.max(...ends)];
    const y = (dz) => bottom - 6 - ((dz - low) / (high - low || 1)) * (panel - 12);
    const height = bottom + 12 + row * data.rows.length;
    drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    drawing.setAttribute("height", height);
    shown = node("rect", { x: 0, y: top, width: step, height: height - top, class: "here" });
    points.forEach((p, k) => {
      if (data.universes[p[0]][0] === "path") node("rect", { x: label + k * step, y: top, width: step, height: height - top, class: "path" });
    });
    for (const dz of new Set([low, 0, high])) {
      node("path", { d: `M${label} ${y(dz)}H${width - 8}`, class: dz ? "grid" : "zero" });
      if (!dz || Math.abs(y(dz) - y(0)) > 14) node("text", { x: label - 6, y: y(dz) + 4, "text-anchor": "end" }, dz.toFixed(dz ? 1 : 0));
    }
    node("text", { x: 4, y: top + 16 }, "dz");
    data.rows.forEach((words, k) => node("text", { x: label - 6, y: bottom + 20 + row * k, "text-anchor": "end" }, words));
    points.forEach((p, k) => {
      const x = label + (k + 0.5) * step, colour = data.verdicts[p[4]][1].startsWith("0.") ? "#767676" : data.verdicts[p[4]][1];
      if (p[2] !== null) node("path", { d: `M${x} ${y(p[2])}V${y(p[3])}`, stroke: colour, "stroke-width": 1.2, opacity: 0.6 });
      marks[p[4]](x, y(p[1]), colour);
      for (const r of data.universes[p[0]][1]) {
        node("rect", { x: x - Math.min(4, step / 3), y: bottom + 10 + row * r, width: Math.min(8, (2 * step) / 3), height: 10, class: "chosen" });
      }
    });
    drawing.setAttribute("aria-label", `Specification curve of ${name}: ${points.length} universes`);
    slider.max = points.length - 1;
    tell(Math.min(slider.value, slider.max));
  }

  function tell(k) {
    slider.value = k;
    const [name, word] = data.features[select.selectedIndex];
    const [universe, dz, low, high, verdict, significant, p] = points[k];
    const interval = low === null ? "" : ` (95 % CI ${low.toFixed(2)} to ${high.toFixed(2)})`;
    const tested = p === null ? "" : `, p ${p < 0.0001 ? "< 0.0001" : `= ${p.toFixed(4)}`}${significant ? ", significant" : ""}`;
    told.textContent = `${data.universes[universe][0] === "path" ? "The study's own path" : data.universes[universe][0]}: dz ${dz.toFixed(2)}${interval}${tested}; `
      + `${data.verdicts[verdict][0]}. ${name} over all universes: ${word}.`;
    shown.setAttribute("x", label + k * step);
  }

  select.addEventListener("change", draw);
  slider.addEventListener("input", () => tell(Number(slider.value)));
  drawing.addEventListener("pointermove", (event) => {
    const k = Math.floor((event.clientX - drawing.getBoundingClientRect().left - label) / step);
    if (k >= 0 && k < points.length) tell(k);
  });
  new ResizeObserver(() => { if (drawing.clientWidth) draw(); }).observe(block);
  draw();
});
