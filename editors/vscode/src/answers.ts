// Longer answers of the server, as Markdown that is read beside the Dockerfile.
import * as vscode from 'vscode';

const scheme = 'keyline-answer';

export class Answers implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly emitter = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.emitter.event;
  private readonly texts = new Map<string, string>();
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);

  // `name` stands in the tab; an answer of the same name takes the place of the one before.
  async show(name: string, text: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme, path: `/${name}.md` });
    this.texts.set(uri.toString(), text);
    this.emitter.fire(uri);
    await vscode.commands.executeCommand('markdown.showPreviewToSide', uri);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? '';
  }

  dispose(): void {
    vscode.Disposable.from(this.registration, this.emitter).dispose();
  }
}
