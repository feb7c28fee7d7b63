// The arrows between stages: they leave a stage at its foot, run down in lanes to the left of the boxes, and enter the
// FROM or the step that takes the files. Short ones run next to the boxes, so that lines cross as little as they can.
import type { Edge } from '../graph';
import { svg } from './elements';

export const laneWidth = 13;
const arrow = 6;
const corner = 7;
const inset = 12; // from the foot of a box to where its lines leave

export interface Box {
  left: number;
  top: number;
  bottom: number;
}

export interface Line {
  edge: Edge;
  element: SVGElement;
}

// The lane of each stage that others use: two share one when the one ends above where the other begins.
export function lanes(edges: Edge[]): Map<number, number> {
  const last = new Map<number, number>();
  for (const edge of edges) last.set(edge.from, Math.max(last.get(edge.from) ?? 0, edge.to));
  const spans = [...last].map(([from, to]) => ({ from, to }));
  spans.sort((a, b) => a.to - a.from - (b.to - b.from) || a.from - b.from);
  const taken: { from: number; to: number }[][] = [];
  const result = new Map<number, number>();
  for (const span of spans) {
    let lane = taken.findIndex((others) => others.every((other) => other.to <= span.from || span.to <= other.from));
    if (lane < 0) lane = taken.push([]) - 1;
    taken[lane]?.push(span);
    result.set(span.from, lane);
  }
  return result;
}

// `end` is where the arrow points to, in the same coordinates as the boxes.
export function draw(edge: Edge, from: Box, end: { left: number; y: number }, lane: number): Line {
  const x = from.left - (lane + 1) * laneWidth - 3;
  const y = from.bottom - inset;
  const turn = Math.min(corner, Math.max(0, (end.y - y) / 2));
  const path = [
    `M ${from.left} ${y} H ${x + turn}`,
    `Q ${x} ${y} ${x} ${y + turn}`,
    `V ${end.y - turn}`,
    `Q ${x} ${end.y} ${x + turn} ${end.y}`,
    `H ${end.left - arrow}`,
  ].join(' ');
  const head = `M ${end.left - arrow - 2} ${end.y - arrow + 1} L ${end.left} ${end.y} L ${end.left - arrow - 2} ${end.y + arrow - 1} Z`;
  const element = svg(
    'g',
    { class: `line ${edge.kind}` },
    svg('path', { class: 'stroke', d: path }),
    svg('circle', { class: 'port', cx: from.left, cy: y, r: 3 }),
    svg('path', { class: 'head', d: head }),
  );
  return { edge, element };
}
