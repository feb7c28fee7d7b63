// What the server's command `keyline.stageGraph` answers, and what the extension and the page of the stage graph say to
// each other. No code: both sides include it.

export type Fate = 'cached' | 'depends' | 're-runs' | 'unknown' | 'not built';

export interface Place {
  start: { line: number; character: number };
  end: { line: number; character: number };
}

export interface Step {
  text: string;
  fate: Fate;
  hint: string;
  detail: string;
  range: Place;
}

export interface Stage {
  title: string;
  base: string;
  summary: string;
  needed: boolean;
  target: boolean;
  range: Place;
  steps: Step[];
}

export interface Edge {
  kind: 'base' | 'files' | 'mount';
  from: number; // places in the list of stages
  to: number;
  step: number | null; // place in the list of steps of `to`; null: its FROM
}

export interface StageGraph {
  version: number; // of the document
  forecast: boolean; // fates are about the next build, compared with builds that are remembered
  context: { known: boolean; reason: string; entries: number; hidden: number; uri: string | null };
  stages: Stage[];
  edges: Edge[];
}

// To the page.
export type ToPage =
  | { kind: 'graph'; name: string; uri: string; graph: StageGraph }
  | { kind: 'nothing'; reason: string }
  | { kind: 'cursor'; line: number }
  | { kind: 'focus'; stage: number };

// From the page.
export type FromPage =
  | { kind: 'ready' }
  | { kind: 'reveal'; line: number; character: number }
  | { kind: 'build' };
