"use strict";

// The attention viewer: one per data set. Weights come as bytes, one per allowed pair,
// for every layer and head; everything else is computed here.

const SVG = "http://www.w3.org/2000/svg";
const STRONGEST = 50; // more lines than this are a cloud
const ALL = "all";
const ROLLOUT = "rollout";

function bytes(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function element(name, attributes, parent) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent.append(made);
  return made;
}

// Returns the matrix, row after row, of one layer and head; "all" is the mean.
function matrix(packed, size, layer, head) {
  const found = new Float64Array(size * size);
  if (layer === ROLLOUT) {
    const values = bytes(packed.rollout.values);
    const unit = packed.rollout.largest[0] / 255;
    return found.map((_, cell) => values[cell] * unit);
  }
  const values = bytes(packed.values);
  const raw = packed.pairs === null ? null : bytes(packed.pairs);
  const cells = raw === null ? null : new Uint16Array(raw.buffer);
  const pairs = raw === null ? size * size : cells.length;
  const layers = layer === ALL ? [...Array(packed.layers).keys()] : [Number(layer)];
  const heads = head === ALL ? [...Array(packed.heads).keys()] : [Number(head)];
  for (const l of layers) {
    for (const h of heads) {
      const stack = l * packed.heads + h;
      const unit = packed.largest[stack] / 255 / (layers.length * heads.length);
      for (let k = 0; k < pairs; k++) {
        found[cells === null ? k : cells[k]] += values[stack * pairs + k] * unit;
      }
    }
  }
  return found;
}

class Viewer {
  constructor(root, data) {
    this.root = root;
    this.data = data;
    this.row = null; // who attends
    this.column = null; // who is attended to
    this.part = (name) => root.querySelector("." + name);
    this.scenes = this.part("pick-scene");
    this.layers = this.part("pick-layer");
    this.heads = this.part("pick-head");
    this.drawing = this.part("drawing");
    this.canvas = this.part("matrix");
    data.scenes.forEach((scene, k) => this.scenes.add(new Option(scene.title, k)));
    this.offerStructures();
    this.listen();
    root.hidden = false;
    this.openScene();
  }

  get scene() {
    return this.data.scenes[Number(this.scenes.value)];
  }

  get structure() {
    return this.data.structures[Number(this.root.querySelector("input:checked").value)];
  }

  get size() {
    return this.scene.names.length;
  }

  offerStructures() {
    const group = `structure-${[...document.querySelectorAll(".viewer")].indexOf(this.root)}`;
    this.data.structures.forEach((structure, k) => {
      const label = document.createElement("label");
      label.className = `s${structure.series}`;
      const input = document.createElement("input");
      Object.assign(input, { type: "radio", name: group, value: k, checked: k === 0 });
      label.append(input, structure.name);
      this.part("pick-structure").append(label);
    });
  }

  listen() {
    this.scenes.addEventListener("change", () => this.openScene());
    this.part("pick-structure").addEventListener("change", () => this.openStructure());
    this.layers.addEventListener("change", () => this.refresh());
    this.heads.addEventListener("change", () => this.refresh());
    this.canvas.addEventListener("pointermove", (event) => this.point(event));
    this.canvas.addEventListener("pointerleave", () => this.choose(null, null));
    this.canvas.addEventListener("keydown", (event) => this.moveCell(event));
    this.drawing.addEventListener("keydown", (event) => this.moveNode(event));
    this.drawing.addEventListener("pointerleave", () => this.choose(null, null));
    new ResizeObserver(() => this.drawMatrix()).observe(this.canvas);
    const night = matchMedia("(prefers-color-scheme: dark)");
    night.addEventListener("change", () => this.drawMatrix());
    addEventListener("beforeprint", () => this.drawMatrix());
  }

  openScene() {
    const { width, height, backdrop, places, sizes, names, kind } = this.scene;
    this.row = this.column = null;
    this.part("about-scene").textContent = this.scene.about;
    this.drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.part("backdrop").innerHTML = backdrop;
    this.part("targets").replaceChildren();
    // Attention lies behind letters and bonds, and in front of an image.
    const below = kind === "pixels" ? this.part("backdrop") : this.part("lines");
    if (kind === "pixels") this.drawing.prepend(below);
    else this.part("marks").after(this.part("backdrop"));
    places.forEach(([x, y], node) => {
      const [w, h] = sizes[node];
      const box = { x: x - w / 2, y: y - h / 2, width: w, height: h, class: "target" };
      const target = element("rect", box, this.part("targets"));
      element("title", {}, target).textContent = names[node];
      target.addEventListener("pointerenter", () => this.choose(node, null));
      target.addEventListener("click", () => this.choose(node, null));
    });
    this.openStructure();
  }

  openStructure() {
    const packed = this.scene.attention[this.structure.name];
    const [layer, head] = [this.layers.value || ALL, this.heads.value || ALL];
    this.root.classList.remove(...[...this.root.classList].filter((c) => /^s\d$/.test(c)));
    this.root.classList.add(`s${this.structure.series}`);
    this.offer(this.layers, packed.layers, layer, packed.rollout !== null);
    this.offer(this.heads, packed.heads, head, false);
    this.refresh();
  }

  offer(select, count, chosen, rollout) {
    select.replaceChildren(new Option("mean of all", ALL));
    for (let k = 0; k < count; k++) select.add(new Option(k + 1, k));
    if (rollout) select.add(new Option("rollout over all layers", ROLLOUT));
    const offered = [...select.options].some((option) => option.value === chosen);
    select.value = offered ? chosen : ALL;
  }

  refresh() {
    this.heads.disabled = this.layers.value === ROLLOUT;
    const packed = this.scene.attention[this.structure.name];
    this.weights = matrix(packed, this.size, this.layers.value, this.heads.value);
    this.largest = this.weights.reduce((a, b) => Math.max(a, b), 0);
    this.part("to").textContent = this.largest.toFixed(2);
    this.choose(this.row, this.column);
  }

  choose(row, column) {
    this.row = row;
    this.column = column;
    this.drawMarks();
    this.drawMatrix();
    this.readOut();
  }

  weight(row, column) {
    return this.weights[row * this.size + column];
  }

  // What each node gets: from the chosen one, or from all of them.
  received() {
    const rows = this.row === null ? [...Array(this.size).keys()] : [this.row];
    return Array.from({ length: this.size }, (_, j) =>
      rows.reduce((sum, i) => sum + this.weight(i, j), 0));
  }

  drawMarks() {
    const { places, sizes, kind } = this.scene;
    const received = this.received();
    const most = Math.max(...received, 1e-9);
    const strongest = { pixels: 0.95, tokens: 0.5 }[kind] ?? 0.7;
    const marks = this.part("marks");
    marks.replaceChildren();
    places.forEach(([x, y], node) => {
      const [w, h] = sizes[node];
      const opacity = (strongest * received[node] / most).toFixed(3);
      if (kind === "molecule" || kind === "network") {
        const r = kind === "molecule" ? w / 2 : 6 + w / 2 * Math.sqrt(received[node] / most);
        element("circle", { cx: x, cy: y, r, class: "mark", opacity }, marks);
      } else {
        // Inside a pixel, so that its own brightness stays to be seen around.
        const part = kind === "pixels" ? 0.6 : 1;
        const [across, down] = [part * w, part * h];
        const box = { x: x - across / 2, y: y - down / 2, width: across, height: down };
        element("rect", { ...box, rx: 4, class: "mark", opacity }, marks);
      }
    });
    this.drawPairs();
    this.drawRings();
  }

  drawPairs() {
    const lines = this.part("lines");
    lines.replaceChildren();
    if (this.scene.kind === "tokens" || this.scene.kind === "pixels") return;
    const pairs = [];
    for (let i = 0; i < this.size; i++) {
      for (let j = 0; j < i; j++) {
        if (this.row === null) pairs.push([i, j, (this.weight(i, j) + this.weight(j, i)) / 2]);
        else if (this.row === i) pairs.push([i, j, this.weight(i, j)]);
        else if (this.row === j) pairs.push([i, j, this.weight(j, i)]);
      }
    }
    pairs.sort((a, b) => b[2] - a[2]);
    const shown = pairs.slice(0, STRONGEST).filter((pair) => pair[2] > 0);
    const top = shown.length > 0 ? shown[0][2] : 1;
    for (const [i, j, weight] of shown.reverse()) {
      const [[x1, y1], [x2, y2]] = [this.scene.places[i], this.scene.places[j]];
      const share = weight / top;
      const look = { "stroke-width": 1 + 7 * share, opacity: 0.12 + 0.5 * share };
      element("path", { d: `M${x1} ${y1}L${x2} ${y2}`, class: "pair", ...look }, lines);
    }
  }

  drawRings() {
    const rings = this.part("rings");
    rings.replaceChildren();
    for (const node of new Set([this.row, this.column])) {
      if (node === null) continue;
      const [x, y] = this.scene.places[node];
      const [w, h] = this.scene.sizes[node];
      const box = { x: x - w / 2, y: y - h / 2, width: w, height: h, rx: 4 };
      const dash = node === this.row ? {} : { "stroke-dasharray": "3 3" };
      element("rect", { ...box, ...dash, class: "ring" }, rings);
    }
  }

  drawMatrix() {
    const side = this.canvas.clientWidth * devicePixelRatio;
    if (!side || this.weights === undefined) return;
    const cell = Math.max(1, Math.floor(side / this.size));
    this.canvas.width = this.canvas.height = cell * this.size;
    const pen = this.canvas.getContext("2d");
    const style = getComputedStyle(this.canvas);
    pen.fillStyle = style.getPropertyValue("--paper");
    pen.fillRect(0, 0, this.canvas.width, this.canvas.height);
    pen.fillStyle = style.getPropertyValue("--own");
    for (let i = 0; i < this.size; i++) {
      for (let j = 0; j < this.size; j++) {
        pen.globalAlpha = this.weight(i, j) / (this.largest || 1);
        pen.fillRect(j * cell, i * cell, cell, cell);
      }
    }
    pen.globalAlpha = 1;
    pen.strokeStyle = style.getPropertyValue("--line");
    pen.strokeRect(0.5, 0.5, this.canvas.width - 1, this.canvas.height - 1);
    pen.strokeStyle = style.getPropertyValue("--ink");
    pen.lineWidth = Math.max(1.5, devicePixelRatio);
    const whole = cell * this.size;
    if (this.row !== null) pen.strokeRect(0, this.row * cell, whole, cell);
    if (this.column !== null) pen.strokeRect(this.column * cell, 0, cell, whole);
  }

  readOut() {
    const { names } = this.scene;
    const about = this.part("about-drawing");
    const who = this.row === null ? null : names[this.row];
    about.textContent = who === null
      ? "Stronger colour: receives more attention from all. Point at one to see whom it attends to."
      : `Stronger colour: ${who} attends to it more.`;
    this.part("readout").textContent = this.sentence(who);
  }

  sentence(who) {
    if (who === null) return "";
    const { names } = this.scene;
    if (this.column !== null) {
      const weight = this.weight(this.row, this.column).toFixed(3);
      return `${who} attends to ${names[this.column]} with weight ${weight}.`;
    }
    const order = [...names.keys()]
      .sort((a, b) => this.weight(this.row, b) - this.weight(this.row, a))
      .filter((node) => this.weight(this.row, node) > 0)
      .slice(0, 3);
    const texts = order.map((n) => `${names[n]} (${this.weight(this.row, n).toFixed(3)})`);
    if (texts.length === 0) return `${who} attends to nobody that is shown.`;
    return `${who} attends most to ${texts.join(", ")}.`;
  }

  point(event) {
    const box = this.canvas.getBoundingClientRect();
    const last = this.size - 1;
    const at = (share) => Math.min(last, Math.max(0, Math.floor(share * this.size)));
    const row = at((event.clientY - box.top) / box.height);
    const column = at((event.clientX - box.left) / box.width);
    if (row !== this.row || column !== this.column) this.choose(row, column);
  }

  moveCell(event) {
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const step = steps[event.key];
    if (event.key === "Escape") this.choose(null, null);
    if (step === undefined) return;
    event.preventDefault();
    const inside = (value) => Math.min(this.size - 1, Math.max(0, value));
    if (this.row === null || this.column === null) this.choose(this.row ?? 0, 0);
    else this.choose(inside(this.row + step[0]), inside(this.column + step[1]));
  }

  moveNode(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") this.choose(null, null);
    if (step === undefined) return;
    event.preventDefault();
    const from = this.row ?? (step > 0 ? -1 : 0);
    this.choose((from + step + this.size) % this.size, null);
  }
}

const found = JSON.parse(document.getElementById("attention-data").textContent);
document.querySelectorAll(".viewer").forEach((root, k) => new Viewer(root, found[k]));
