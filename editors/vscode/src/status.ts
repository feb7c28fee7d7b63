// The language status of Dockerfiles: whether the server runs, what it knows of the build, and why something is silent.
import * as vscode from 'vscode';
import { dockerfileInSight, type Graphs } from './graphs';
import type { StageGraph } from './graph';
import type { Server } from './server';

const filter: vscode.DocumentSelector = [{ language: 'dockerfile' }];

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

export class Status implements vscode.Disposable {
  private readonly program = vscode.languages.createLanguageStatusItem('keyline.program', filter);
  private readonly build = vscode.languages.createLanguageStatusItem('keyline.build', filter);
  private readonly forecast = vscode.languages.createLanguageStatusItem('keyline.forecast', filter);
  private readonly disposables: vscode.Disposable[];

  constructor(
    private readonly server: Server,
    private readonly graphs: Graphs,
  ) {
    this.program.name = 'keyline';
    this.build.name = 'keyline: build directory';
    this.forecast.name = 'keyline: next build';
    this.disposables = [
      this.program,
      this.build,
      this.forecast,
      server.onDidChangeState(() => this.show()),
      graphs.onDidChange(() => this.show()),
      vscode.window.onDidChangeActiveTextEditor(() => this.show()),
    ];
    this.show();
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private show(): void {
    this.showProgram();
    const document = dockerfileInSight();
    const graph = document && this.graphs.of(document);
    this.showBuild(graph);
    this.showForecast(graph);
  }

  private showProgram(): void {
    const item = this.program;
    const restart = { title: 'Start', command: 'keyline.restartServer' };
    const origins = { setting: 'from the setting keyline.path', bundled: 'bundled', PATH: 'from the PATH' };
    item.busy = this.server.state === 'starting';
    item.severity = vscode.LanguageStatusSeverity.Information;
    item.detail = '';
    item.command = { title: 'Show Log', command: 'keyline.showLog' };
    switch (this.server.state) {
      case 'running':
        item.text = `keyline ${this.server.version ?? ''}`.trim();
        item.detail = this.server.program ? origins[this.server.program.origin] : '';
        item.command = { title: 'Show Status', command: 'keyline.showStatus' };
        break;
      case 'starting':
        item.text = 'keyline starts';
        break;
      case 'not started':
        item.text = 'keyline is not started';
        item.command = restart;
        break;
      case 'stopped':
        item.text = 'keyline is stopped';
        item.detail = 'the log says why';
        item.severity = vscode.LanguageStatusSeverity.Error;
        item.command = restart;
        break;
      case 'missing':
        item.text = 'keyline was not found';
        item.detail = 'set keyline.path, or install it';
        item.severity = vscode.LanguageStatusSeverity.Error;
        item.command = restart;
    }
  }

  private showBuild(graph: StageGraph | undefined): void {
    const item = this.build;
    item.severity = vscode.LanguageStatusSeverity.Information;
    item.detail = '';
    if (!graph) {
      item.text = 'Build directory: not looked at yet';
      if (this.server.state !== 'running') item.text = 'Build directory: not looked at';
    } else if (graph.context.known) {
      item.text = `Build directory: ${count(graph.context.entries, 'entry', 'entries')}`;
      item.detail = graph.context.hidden > 0 ? `.dockerignore hides ${graph.context.hidden}` : '';
    } else {
      item.text = 'Build directory: not known';
      item.detail = `${graph.context.reason}; rules about files are silent`;
      item.severity = vscode.LanguageStatusSeverity.Warning;
    }
  }

  private showForecast(graph: StageGraph | undefined): void {
    const item = this.forecast;
    item.text = graph?.forecast ? 'Next build: forecast' : 'Next build: no forecast';
    item.detail = graph?.forecast ? 'from the builds that are remembered' : 'no build of this Dockerfile is remembered';
    item.command = graph && !graph.forecast && vscode.workspace.isTrusted ? { title: 'Build', command: 'keyline.runBuild' } : undefined;
  }
}
