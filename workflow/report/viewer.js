// Planes and 3-D by NiiVue, whose script lies once beside all patients; without it, or without WebGL, the flicker remains.
(() => {
  const part = (name) => document.getElementById(`viewer-${name}`);
  const section = document.getElementById("viewer");
  const given = JSON.parse(part("volumes").textContent);
  const layers = ["planning", "recurrence", ...(given.dose ? ["dose"] : [])];
  const shades = { planning: "gray", recurrence: "gray", dose: "warm" };
  const say = (words) => { part("said").textContent = words; };

  function script() {
    return new Promise((loaded, missing) => {
      const element = document.createElement("script");
      element.src = `${document.body.dataset.root}viewer/niivue.js`;
      element.onload = loaded;
      element.onerror = () => missing(new Error("its script is not beside the results (viewer/niivue.js)"));
      document.head.append(element);
    });
  }
  // Label 1 is GTV, 2 is GTVr; a hidden one is clear.
  function contourColours() {
    const shown = ["gtv", "gtvr"].map((name) => section.querySelector(`[data-contour=${name}]`).checked);
    const channel = (at) => [0, ...given.colours.map((colour) => parseInt(colour.slice(at, at + 2), 16))];
    return { R: channel(1), G: channel(3), B: channel(5), A: [0, ...shown.map((on) => (on ? 255 : 0))], labels: ["", "GTV", "GTVr"] };
  }
  async function start() {
    if (!document.createElement("canvas").getContext("webgl2")) throw new Error("this browser has no WebGL 2");
    await script();
    const { Niivue, NVImage } = globalThis.niivue;
    const viewer = new Niivue({ backColor: [0, 0, 0, 1], isRadiologicalConvention: true, dragAndDropEnabled: false, logLevel: "error",
      crosshairWidth: 0.6, crosshairColor: [1, 1, 1, 0.7], fontColor: [1, 1, 1, 1], multiplanarShowRender: 1, sagittalNoseLeft: true, loadingText: "" });
    part("box").hidden = false;
    await viewer.attachToCanvas(part("canvas"));
    const image = (name, more) => NVImage.loadFromBase64({ base64: given[name], name: `${name}.nii.gz`, ...more });
    for (const name of layers) {
      const range = name === "dose" ? {} : { cal_min: 0, cal_max: 255 };
      viewer.addVolume(await image(name, { colormap: shades[name], opacity: name === "planning" ? 1 : 0, ...range }));
    }
    viewer.loadDrawing(await image("contours"));
    viewer.setDrawColormap(contourColours());
    viewer.setDrawOpacity(0.25);
    viewer.drawRimOpacity = 1;
    viewer.onLocationChange = ({ values }) => {
      const dose = values.find(({ name }) => name.startsWith("dose"));
      part("place").textContent = dose ? `Dose at the crosshair: ${dose.value.toFixed(1)} Gy` : "";
    };
    viewer.setMultiplanarLayout(2); // a square of four
    viewer.setSliceType(viewer.sliceTypeMultiplanar);
    viewer.createOnLocationChange();

    section.querySelectorAll("[data-view]").forEach((button) => button.addEventListener("click", () => {
      viewer.setSliceType(viewer[`sliceType${button.dataset.view}`]);
      section.querySelectorAll("[data-view]").forEach((b) => b.setAttribute("aria-pressed", b === button));
    }));
    section.querySelectorAll("[data-layer]").forEach((slider) => slider.addEventListener("input", () => {
      viewer.setOpacity(layers.indexOf(slider.dataset.layer), slider.value / 100);
    }));
    section.querySelectorAll("[data-contour]").forEach((box) => box.addEventListener("change", () => {
      viewer.setDrawColormap(contourColours());
      viewer.drawScene();
    }));
    const steps = { ArrowLeft: [-1, 0, 0], ArrowRight: [1, 0, 0], ArrowDown: [0, -1, 0], ArrowUp: [0, 1, 0], PageDown: [0, 0, -1], PageUp: [0, 0, 1] };
    part("canvas").addEventListener("keydown", (event) => {
      if (!steps[event.key]) return;
      event.preventDefault();
      viewer.moveCrosshairInVox(...steps[event.key]);
    });
    section.viewer = viewer;
  }
  // Only when it comes into sight: it takes memory and the graphics card.
  new IntersectionObserver((seen, watch) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    watch.disconnect();
    say("The viewer starts …");
    start().then(() => say(""), (error) => {
      part("box").hidden = true;
      say(`No planes and 3-D here: ${error.message}. The flicker above shows the same images.`);
    });
  }).observe(section);
})();
