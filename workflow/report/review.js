// Decisions about registrations: kept in the browser, given as rows of the patients table. Nothing is written or sent.
(() => {
  const section = document.getElementById("review"), form = section.querySelector("form");
  const part = (name) => document.getElementById(`review-${name}`);
  // Pages from disk can share one storage: each folder of results has a list of its own there.
  const key = `registration reviews ${new URL(document.body.dataset.root, location.href).href}`;
  const patient = section.dataset.patient;
  const columns = ["patient", "registration_review", "registration_note"];
  let unkept = []; // where the browser keeps nothing

  function read() {
    try { return JSON.parse(localStorage.getItem(key)) || []; } catch { return unkept; }
  }
  function keep(rows) {
    try { localStorage.setItem(key, JSON.stringify(rows)); return true; } catch { unkept = rows; return false; }
  }
  // One line per row in every reader of tables; what a spreadsheet would compute becomes text.
  function cell(value) {
    let text = value.replace(/\s+/g, " ").trim();
    if (/^[=+\-@]/.test(text)) text = `'${text}`;
    return text.includes('"') ? `"${text.replaceAll('"', '""')}"` : text;
  }
  const tsv = (rows) => rows.map((row) => `${row.map(cell).join("\t")}\n`).join("");

  function draw() {
    const rows = read(), own = rows.find(([name]) => name === patient);
    part("row").value = own ? tsv([own]) : "";
    part("copy").disabled = !own;
    part("count").textContent = rows.length;
    part("download").disabled = !rows.length;
    part("list").replaceChildren(...rows.map((row) => {
      const line = document.createElement("tr"), forget = document.createElement("button");
      row.forEach((value) => { line.insertCell().textContent = value; });
      forget.textContent = "Forget";
      forget.setAttribute("aria-label", `Forget the decision about ${row[0]}`);
      forget.addEventListener("click", () => {
        keep(read().filter(([name]) => name !== row[0]));
        draw();
        part("said").textContent = `The decision about ${row[0]} is forgotten.`;
        part("row").focus();
      });
      line.insertCell().append(forget);
      return line;
    }));
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const reason = form.elements.registration_note.value.trim();
    if (!reason) { part("said").textContent = "Give a reason: the patients table needs it."; return; }
    const row = [patient, form.elements.registration_review.value, reason];
    const rows = [...read().filter(([name]) => name !== patient), row].sort((a, b) => (a[0] < b[0] ? -1 : 1));
    part("said").textContent = keep(rows) ? `Kept: ${row[1]}. Copy the row into your patients table, or download all.`
      : "This browser keeps nothing: copy the row now.";
    draw();
  });
  part("copy").addEventListener("click", () => {
    part("row").select();
    // Pages from disk may have no clipboard; the older command copies what is selected.
    const copied = navigator.clipboard ? navigator.clipboard.writeText(part("row").value) : Promise.reject();
    copied.catch(() => document.execCommand("copy"))
      .then((done) => { part("said").textContent = done === false ? "Press Ctrl-C: the row is selected." : "Copied."; });
  });
  part("download").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([tsv([columns, ...read()])], { type: "text/tab-separated-values" }));
    link.download = "registration_reviews.tsv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
  window.addEventListener("storage", draw); // another page has decided
  const before = read().find(([name]) => name === patient);
  if (before) {
    form.elements.registration_review.value = before[1];
    form.elements.registration_note.value = before[2];
  }
  section.hidden = false;
  draw();
})();
