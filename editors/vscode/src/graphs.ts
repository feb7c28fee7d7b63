// The stage graph of each Dockerfile that is looked at, asked for again when its text or what is known of it changes.
// One question a document is under way at a time; what arrives late and speaks about an older text is left out.
import * as vscode from 'vscode';
import type { StageGraph } from './graph';
import type { Server } from './server';

export function isDockerfile(document: vscode.TextDocument | undefined): document is vscode.TextDocument {
  return document?.languageId === 'dockerfile' && (document.uri.scheme === 'file' || document.uri.scheme === 'untitled');
}

// The Dockerfile that a command is about: that of the active editor, else the one that was given or is in sight.
export function dockerfileInSight(given?: vscode.Uri): vscode.TextDocument | undefined {
  const documents = [vscode.window.activeTextEditor, ...vscode.window.visibleTextEditors].map((editor) => editor?.document);
  if (given) documents.unshift(vscode.workspace.textDocuments.find((each) => each.uri.toString() === given.toString()));
  return documents.find(isDockerfile);
}

interface Entry {
  graph?: StageGraph;
  asking: boolean;
  again: boolean;
}

export class Graphs implements vscode.Disposable {
  readonly onDidChange: vscode.Event<vscode.TextDocument>;

  private readonly emitter = new vscode.EventEmitter<vscode.TextDocument>();
  private readonly entries = new Map<string, Entry>();
  private readonly disposables: vscode.Disposable[];

  constructor(private readonly server: Server) {
    this.onDidChange = this.emitter.event;
    this.disposables = [
      this.emitter,
      server.onDidLearn(() => this.refreshAll()),
      server.onDidChangeState(() => this.refreshAll()),
      vscode.window.onDidChangeVisibleTextEditors(() => this.lookAtVisible()),
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (this.entries.has(event.document.uri.toString())) this.refresh(event.document);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => this.entries.delete(document.uri.toString())),
    ];
    this.lookAtVisible();
  }

  // Of the present text; undefined when it is not known, or not yet.
  of(document: vscode.TextDocument): StageGraph | undefined {
    const graph = this.entries.get(document.uri.toString())?.graph;
    return graph?.version === document.version ? graph : undefined;
  }

  refresh(document: vscode.TextDocument): void {
    if (!isDockerfile(document)) return;
    const key = document.uri.toString();
    let entry = this.entries.get(key);
    if (!entry) this.entries.set(key, (entry = { asking: false, again: false }));
    entry.again = true;
    if (!entry.asking) void this.askUntilQuiet(document, entry);
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private async askUntilQuiet(document: vscode.TextDocument, entry: Entry): Promise<void> {
    entry.asking = true;
    while (entry.again && !document.isClosed) {
      entry.again = false;
      const graph = this.server.state === 'running' ? await this.server.graphOf(document) : undefined;
      if (entry.again) continue;
      entry.graph = graph;
      this.emitter.fire(document);
    }
    entry.asking = false;
  }

  private lookAtVisible(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      if (isDockerfile(editor.document) && !this.entries.has(editor.document.uri.toString())) this.refresh(editor.document);
    }
  }

  private refreshAll(): void {
    for (const document of vscode.workspace.textDocuments) {
      if (this.entries.has(document.uri.toString())) this.refresh(document);
    }
    this.lookAtVisible();
  }
}
