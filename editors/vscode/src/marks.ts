// A mark in the gutter beside each step: what becomes of it, in colour and shape, and in the overview ruler as well.
import * as vscode from 'vscode';
import { isDockerfile, type Graphs } from './graphs';
import type { Fate, Stage } from './graph';

const marked = { cached: 'cached', 're-runs': 'reruns', depends: 'depends', unknown: 'unknown' } as const;
type Marked = keyof typeof marked;

function isMarked(fate: Fate): fate is Marked {
  return fate in marked;
}

export class Marks implements vscode.Disposable {
  private readonly types = new Map<Marked, vscode.TextEditorDecorationType>();
  private readonly disposables: vscode.Disposable[];

  constructor(
    extension: vscode.ExtensionContext,
    private readonly graphs: Graphs,
  ) {
    for (const [fate, name] of Object.entries(marked)) {
      const inRuler = fate !== 'unknown' && fate !== 'cached';
      this.types.set(
        fate as Marked,
        vscode.window.createTextEditorDecorationType({
          gutterIconPath: extension.asAbsolutePath(`media/mark-${name}.svg`),
          gutterIconSize: 'contain',
          ...(inRuler
            ? { overviewRulerColor: new vscode.ThemeColor(`keyline.${name}`), overviewRulerLane: vscode.OverviewRulerLane.Left }
            : {}),
        }),
      );
    }
    this.disposables = [
      ...this.types.values(),
      graphs.onDidChange((document) => this.show((editor) => editor.document === document)),
      vscode.window.onDidChangeVisibleTextEditors(() => this.show()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('keyline.gutter')) this.show();
      }),
    ];
    this.show();
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private show(which: (editor: vscode.TextEditor) => boolean = () => true): void {
    for (const editor of vscode.window.visibleTextEditors) {
      if (!isDockerfile(editor.document) || !which(editor)) continue;
      const wanted = vscode.workspace.getConfiguration('keyline', editor.document).get('gutter', true);
      const graph = this.graphs.of(editor.document);
      // Between a letter typed and its answer the marks stand where the editor moved them.
      if (wanted && !graph) continue;
      const lines = linesByFate(wanted ? (graph?.stages ?? []) : []);
      for (const [fate, type] of this.types) editor.setDecorations(type, lines.get(fate) ?? []);
    }
  }
}

function linesByFate(stages: Stage[]): Map<Marked, vscode.Range[]> {
  const lines = new Map<Marked, vscode.Range[]>();
  for (const step of stages.flatMap((stage) => stage.steps)) {
    if (!isMarked(step.fate)) continue;
    const { line, character } = step.range.start;
    lines.set(step.fate, [...(lines.get(step.fate) ?? []), new vscode.Range(line, character, line, character)]);
  }
  return lines;
}
