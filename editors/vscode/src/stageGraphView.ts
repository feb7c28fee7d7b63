// The panel with the stage graph of the Dockerfile that was looked at last. The page in it has no network, no script but
// its own, and builds every text as text; here it is given data and told where the cursor is.
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { reveal } from './commands';
import type { FromPage, ToPage } from './graph';
import { isDockerfile, type Graphs } from './graphs';
import type { Server } from './server';

const viewType = 'keyline.stageGraph';

export class StageGraphView implements vscode.Disposable, vscode.WebviewPanelSerializer {
  private panel: vscode.WebviewPanel | undefined;
  private document: vscode.TextDocument | undefined;
  private ready = false;
  private waitingStage: number | undefined;
  private readonly disposables: vscode.Disposable[];

  constructor(
    private readonly extension: vscode.ExtensionContext,
    private readonly graphs: Graphs,
    private readonly server: Server,
  ) {
    this.disposables = [
      vscode.window.registerWebviewPanelSerializer(viewType, this),
      graphs.onDidChange((document) => {
        if (document === this.document) this.send();
      }),
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        if (this.panel && isDockerfile(editor?.document)) this.follow(editor.document);
      }),
      vscode.window.onDidChangeTextEditorSelection((event) => {
        if (event.textEditor.document === this.document) this.sendCursor(event.textEditor);
      }),
    ];
  }

  // Beside the text; with `stage`, that one has the focus.
  show(document: vscode.TextDocument, stage?: number): Promise<void> {
    if (!this.panel) {
      const where = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
      this.take(vscode.window.createWebviewPanel(viewType, 'Stage Graph', where, this.options()));
    }
    this.panel?.reveal(undefined, stage === undefined);
    this.waitingStage = stage;
    this.follow(document);
    return Promise.resolve();
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const uri = (state as { uri?: unknown } | undefined)?.uri;
    this.take(panel);
    if (typeof uri === 'string') {
      void vscode.workspace.openTextDocument(vscode.Uri.parse(uri)).then((document) => {
        if (!this.document && isDockerfile(document)) this.follow(document);
      });
    }
    // The workbench may have written down the panel before the page said what it shows.
    const beside = vscode.window.visibleTextEditors.find((editor) => isDockerfile(editor.document));
    if (typeof uri !== 'string' && beside) this.follow(beside.document);
    return Promise.resolve();
  }

  dispose(): void {
    this.panel?.dispose();
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private options(): vscode.WebviewOptions {
    return { enableScripts: true, localResourceRoots: [this.file('media'), this.file('dist')] };
  }

  private file(...names: string[]): vscode.Uri {
    return vscode.Uri.joinPath(this.extension.extensionUri, ...names);
  }

  private take(panel: vscode.WebviewPanel): void {
    this.panel?.dispose();
    this.panel = panel;
    this.ready = false;
    panel.iconPath = { light: this.file('media', 'graph-light.svg'), dark: this.file('media', 'graph-dark.svg') };
    panel.webview.options = this.options();
    panel.webview.onDidReceiveMessage((message: FromPage) => this.receive(message));
    panel.onDidDispose(() => {
      if (this.panel !== panel) return;
      this.panel = this.document = undefined;
      this.ready = false;
    });
    panel.webview.html = this.page(panel.webview);
  }

  private page(webview: vscode.Webview): string {
    const nonce = randomBytes(16).toString('base64');
    const link = (...names: string[]) => webview.asWebviewUri(this.file(...names)).toString();
    return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${link('media', 'stageGraph.css')}">
<title>Stage graph</title>
</head>
<body>
<header id="head"></header>
<main id="graph"></main>
<script nonce="${nonce}" src="${link('dist', 'stageGraph.js')}"></script>
</body>
</html>`;
  }

  private follow(document: vscode.TextDocument): void {
    this.document = document;
    this.graphs.refresh(document);
    this.send();
  }

  private send(): void {
    if (!this.ready || !this.document || !this.panel) return;
    const graph = this.graphs.of(this.document);
    const name = vscode.workspace.asRelativePath(this.document.uri);
    this.panel.title = `Stage Graph: ${name.split('/').pop() ?? name}`;
    if (!graph) {
      // Until the answer about the newest text is there, the page keeps what it shows.
      const gone = this.server.state === 'stopped' || this.server.state === 'missing';
      if (gone) this.post({ kind: 'nothing', reason: 'keyline does not run. Its log says why.' });
      return;
    }
    this.post({ kind: 'graph', name, uri: this.document.uri.toString(), graph });
    const editor = vscode.window.visibleTextEditors.find((each) => each.document === this.document);
    if (editor) this.sendCursor(editor);
    if (this.waitingStage !== undefined) this.post({ kind: 'focus', stage: this.waitingStage });
    this.waitingStage = undefined;
  }

  private sendCursor(editor: vscode.TextEditor): void {
    if (this.ready) this.post({ kind: 'cursor', line: editor.selection.active.line });
  }

  private post(message: ToPage): void {
    void this.panel?.webview.postMessage(message);
  }

  private receive(message: FromPage): void {
    if (message.kind === 'ready') {
      this.ready = true;
      this.send();
    } else if (message.kind === 'reveal' && this.document) {
      void reveal(this.document.uri, message.line, message.character);
    } else if (message.kind === 'build') {
      void vscode.commands.executeCommand('keyline.runBuild', this.document?.uri);
    }
  }
}
