// The page of the stage graph: stages as boxes in the order of the file, their steps in the colour of what becomes of
// them. One element is in the tab order; arrow keys move it, Enter goes to the line in the editor.
import type { Edge, Fate, FromPage, Stage, StageGraph, Step, ToPage } from '../graph';
import { html, svg } from './elements';
import { draw, lanes, laneWidth, type Line } from './lines';

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void; setState(state: { uri: string }): void };

const host = acquireVsCodeApi();
const head = document.getElementById('head') as HTMLElement;
const main = document.getElementById('graph') as HTMLElement;

const fates: Record<Fate, { className: string; now: string; onEdit: string }> = {
  cached: { className: 'cached', now: 'cached', onEdit: 'independent of the files' },
  're-runs': { className: 'reruns', now: 're-runs', onEdit: 're-runs' },
  depends: { className: 'depends', now: 'depends on what is copied', onEdit: 'depends on what is copied' },
  unknown: { className: 'unknown', now: 'unknown', onEdit: 'unknown' },
  'not built': { className: 'idle', now: 'not built', onEdit: 'not built' },
};

interface Item {
  element: HTMLElement;
  stage: number;
  step: number | null;
  line: number;
  character: number;
}

let items: Item[] = [];
let lines: Line[] = [];
let shown: StageGraph | undefined;

// The same shapes as in the gutter, so that nothing hangs on telling colours apart.
function icon(fate: Fate): SVGElement {
  const shapes: Record<Fate, SVGElement[]> = {
    cached: [svg('circle', { cx: 8, cy: 8, r: 4.5, class: 'fill' })],
    're-runs': [
      svg('path', { d: 'M 12.3 6.2 A 4.8 4.8 0 1 0 12.8 9', class: 'stroke' }),
      svg('path', { d: 'M 13.6 2.8 V 7 H 9.4 Z', class: 'fill' }),
    ],
    depends: [svg('path', { d: 'M 8 2.8 L 13.2 8 L 8 13.2 L 2.8 8 Z', class: 'stroke' }), svg('path', { d: 'M 8 2.8 V 13.2 L 2.8 8 Z', class: 'fill' })],
    unknown: [svg('circle', { cx: 8, cy: 8, r: 4.2, class: 'stroke' })],
    'not built': [svg('path', { d: 'M 4 8 H 12', class: 'stroke' })],
  };
  return svg('svg', { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true' }, ...shapes[fate]);
}

function instruction(text: string): (Node | string)[] {
  const end = text.indexOf(' ');
  if (end < 0) return [html('b', {}, text)];
  return [html('b', {}, text.slice(0, end)), text.slice(end)];
}

function label(fate: Fate): string {
  return shown?.forecast ? fates[fate].now : fates[fate].onEdit;
}

// ---- what stands above the boxes

function showHead(name: string, graph: StageGraph): void {
  const counts = new Map<Fate, number>();
  for (const step of graph.stages.flatMap((stage) => stage.steps)) counts.set(step.fate, (counts.get(step.fate) ?? 0) + 1);
  const legend = html('ul', { class: 'legend', 'aria-label': 'Steps by what becomes of them' });
  for (const fate of Object.keys(fates) as Fate[]) {
    const number = counts.get(fate);
    if (number) legend.append(html('li', { class: fates[fate].className }, icon(fate), html('b', {}, String(number)), ` ${label(fate)}`));
  }
  const about = html('p', { class: 'about' });
  if (graph.forecast) {
    about.append('What the next build does, compared with the builds that are remembered.');
  } else {
    const build = html('button', { class: 'link', type: 'button' }, 'Build and remember');
    build.addEventListener('click', () => host.postMessage({ kind: 'build' }));
    about.append('What an edit of files in the build directory does. ', build, ' to see what the next build does.');
  }
  const silent = graph.context.known ? [] : [html('p', { class: 'about' }, `The build directory is not known: ${graph.context.reason}.`)];
  head.replaceChildren(html('h1', {}, name), about, ...silent, legend);
}

// ---- boxes

function stepElement(step: Step): HTMLElement {
  const line = step.range.start.line + 1;
  return html(
    'li',
    {
      class: `step ${fates[step.fate].className}`,
      role: 'treeitem',
      tabindex: -1,
      'aria-level': 2,
      'aria-label': `${step.text}, ${step.hint || label(step.fate)}, line ${line}`,
    },
    icon(step.fate),
    html('code', { class: 'text' }, ...instruction(step.text)),
    html('span', { class: 'hint' }, step.hint),
    html('span', { class: 'number' }, String(line)),
  );
}

function stageElement(stage: Stage, index: number): HTMLElement {
  const line = stage.range.start.line + 1;
  const headline = html('div', { class: 'headline' }, html('span', { class: 'title' }, stage.title), html('span', { class: 'base' }, `on ${stage.base}`));
  if (stage.target) headline.append(html('span', { class: 'badge' }, 'target'));
  headline.append(html('span', { class: 'number' }, String(line)));
  const element = html('section', {
    class: stage.needed ? 'stage' : 'stage idle',
    role: 'treeitem',
    tabindex: -1,
    'aria-level': 1,
    'aria-expanded': 'true',
    'aria-label': `Stage ${stage.title} on ${stage.base}, ${stage.summary}, line ${line}`,
  });
  element.append(headline, html('div', { class: 'summary' }, stage.summary));
  const place = stage.range.start;
  items.push({ element, stage: index, step: null, line: place.line, character: place.character });
  const list = html('ol', { role: 'group' });
  stage.steps.forEach((step, number) => {
    const row = stepElement(step);
    list.append(row);
    items.push({ element: row, stage: index, step: number, line: step.range.start.line, character: step.range.start.character });
  });
  if (stage.steps.length > 0) element.append(list);
  return element;
}

// ---- lines

function drawLines(graph: StageGraph): void {
  const tree = main.querySelector<HTMLElement>('.tree');
  if (!tree) return;
  tree.querySelector('.lines')?.remove();
  const origin = tree.getBoundingClientRect();
  const placed = lanes(graph.edges);
  const boxOf = (stage: number, step: number | null) =>
    items.find((item) => item.stage === stage && item.step === step)?.element.getBoundingClientRect();
  lines = graph.edges.flatMap((edge) => {
    const from = boxOf(edge.from, null);
    const stage = boxOf(edge.to, null);
    const step = edge.step === null ? undefined : boxOf(edge.to, edge.step);
    if (!from || !stage) return [];
    const y = step ? step.top + step.height / 2 : stage.top + 17;
    const box = { left: from.left - origin.left, top: from.top - origin.top, bottom: from.bottom - origin.top };
    return [draw(edge, box, { left: stage.left - origin.left, y: y - origin.top }, placed.get(edge.from) ?? 0)];
  });
  const picture = svg('svg', { class: 'lines', width: origin.width, height: origin.height, 'aria-hidden': 'true' });
  picture.append(...lines.map((line) => line.element));
  tree.append(picture);
  light();
}

function touches(edge: Edge, item: Item): boolean {
  if (item.step !== null) return edge.to === item.stage && edge.step === item.step;
  return edge.from === item.stage || edge.to === item.stage;
}

// What is pointed at, else what has the focus, shows its lines.
function light(): void {
  const item = items.find((each) => each.element.matches(':hover') && !each.element.querySelector('.step:hover')) ?? focused();
  main.classList.toggle('lit', item !== undefined && lines.some((line) => touches(line.edge, item)));
  for (const line of lines) line.element.classList.toggle('on', item !== undefined && touches(line.edge, item));
}

// ---- the keyboard

function focused(): Item | undefined {
  return items.find((item) => item.element === document.activeElement);
}

function inTabOrder(item: Item | undefined): void {
  for (const each of items) each.element.tabIndex = each === item ? 0 : -1;
}

function focus(item: Item | undefined): void {
  if (!item) return;
  inTabOrder(item);
  item.element.focus();
  item.element.scrollIntoView({ block: 'nearest' });
}

// From a step to its stage, from a stage to the one that it stands on or takes files from.
function outward(item: Item): Item | undefined {
  const edge = shown?.edges.find((each) => touches(each, item) && each.to === item.stage);
  if (item.step !== null && !edge) return items.find((each) => each.stage === item.stage && each.step === null);
  return edge && items.find((each) => each.stage === edge.from && each.step === null);
}

function jump(item: Item): void {
  host.postMessage({ kind: 'reveal', line: item.line, character: item.character });
}

function onKey(event: KeyboardEvent): void {
  const item = focused();
  if (!item || event.ctrlKey || event.altKey || event.metaKey) return;
  const at = items.indexOf(item);
  const moves: Record<string, () => void> = {
    ArrowDown: () => focus(items[at + 1]),
    ArrowUp: () => focus(items[at - 1]),
    ArrowRight: () => focus(item.step === null ? items.find((each) => each.stage === item.stage && each.step === 0) : undefined),
    ArrowLeft: () => focus(outward(item)),
    Home: () => focus(items[0]),
    End: () => focus(items.at(-1)),
    Enter: () => jump(item),
    ' ': () => jump(item),
  };
  const move = moves[event.key];
  if (!move) return;
  event.preventDefault();
  move();
}

function onClick(event: MouseEvent): void {
  const target = event.target as Element;
  const element = target.closest<HTMLElement>('.step') ?? target.closest<HTMLElement>('.stage');
  const item = items.find((each) => each.element === element);
  if (!item) return;
  inTabOrder(item);
  jump(item);
}

// ---- messages

function show(name: string, graph: StageGraph): void {
  const before = focused();
  shown = graph;
  items = [];
  showHead(name, graph);
  const tree = html('div', { class: 'tree', role: 'tree', 'aria-label': `Stages of ${name}` });
  tree.append(...graph.stages.map((stage, index) => stageElement(stage, index)));
  const laneCount = Math.max(0, ...[...lanes(graph.edges).values()].map((lane) => lane + 1));
  tree.style.paddingInlineStart = `${laneCount === 0 ? 0 : laneCount * laneWidth + 8}px`;
  const empty = html('p', { class: 'empty' }, 'There is no FROM yet, and so no stage.');
  main.replaceChildren(graph.stages.length > 0 ? tree : empty);
  const again = before && items.find((item) => item.stage === before.stage && item.step === before.step);
  inTabOrder(again ?? items[0]);
  if (again) again.element.focus();
  drawLines(graph);
}

function showCursor(line: number): void {
  const above = items.filter((item) => item.line <= line).at(-1);
  for (const item of items) item.element.classList.toggle('cursor', item === above);
}

addEventListener('message', (event: MessageEvent<ToPage>) => {
  const message = event.data;
  switch (message.kind) {
    case 'graph':
      host.setState({ uri: message.uri });
      show(message.name, message.graph);
      break;
    case 'nothing':
      shown = undefined;
      items = [];
      lines = [];
      head.replaceChildren();
      main.replaceChildren(html('p', { class: 'empty' }, message.reason));
      break;
    case 'cursor':
      showCursor(message.line);
      break;
    case 'focus':
      focus(items.find((item) => item.stage === message.stage && item.step === null));
  }
});

main.addEventListener('keydown', onKey);
main.addEventListener('click', onClick);
main.addEventListener('focusin', light);
main.addEventListener('focusout', light);
main.addEventListener('mouseover', light);
main.addEventListener('mouseleave', light);
new ResizeObserver(() => shown && drawLines(shown)).observe(main);
host.postMessage({ kind: 'ready' });
