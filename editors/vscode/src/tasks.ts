// Tasks that run a build through `keyline build`, which changes nothing about it and remembers what it was made of.
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Graphs } from './graphs';
import type { Server } from './server';
import { findProgram } from './program';

const type = 'keyline';

interface Definition extends vscode.TaskDefinition {
  command: string[];
  cwd?: string;
}

function isDefinition(definition: vscode.TaskDefinition): definition is Definition {
  const command: unknown = definition['command'];
  return Array.isArray(command) && command.length > 0 && command.every((word) => typeof word === 'string');
}

function options(flag: string, values: Record<string, string>): string[] {
  return Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
}

export class Tasks implements vscode.TaskProvider, vscode.Disposable {
  private readonly registration = vscode.tasks.registerTaskProvider(type, this);

  constructor(
    private readonly extension: vscode.ExtensionContext,
    private readonly server: Server,
    private readonly graphs: Graphs,
  ) {}

  async provideTasks(token: vscode.CancellationToken): Promise<vscode.Task[]> {
    const files = await vscode.workspace.findFiles('**/{Dockerfile,Containerfile,*.dockerfile,*.containerfile}', undefined, 50, token);
    return files.sort((a, b) => a.path.localeCompare(b.path)).flatMap((file) => this.taskFor(file) ?? []);
  }

  resolveTask(task: vscode.Task): vscode.Task | undefined {
    if (!isDefinition(task.definition)) return undefined;
    const scope = typeof task.scope === 'object' ? task.scope : vscode.workspace.workspaceFolders?.[0];
    return scope && this.task(task.definition, scope, task.name);
  }

  // As the editor sees the build: the same directory, arguments, target and named contexts.
  taskFor(dockerfile: vscode.Uri): vscode.Task | undefined {
    const folder = vscode.workspace.getWorkspaceFolder(dockerfile);
    if (!folder || dockerfile.scheme !== 'file') return undefined;
    const settings = vscode.workspace.getConfiguration('keyline', dockerfile);
    const target = settings.get('target', '');
    const context = this.contextOf(dockerfile, folder);
    const relative = (file: string) => path.relative(folder.uri.fsPath, file) || '.';
    const command = [
      'docker',
      'build',
      '--file',
      relative(dockerfile.fsPath),
      ...(target === '' ? [] : ['--target', target]),
      ...options('--build-arg', settings.get<Record<string, string>>('buildArgs', {})),
      ...options('--build-context', settings.get<Record<string, string>>('buildContexts', {})),
      relative(context),
    ];
    return this.task({ type, command }, folder, `build ${relative(dockerfile.fsPath)}`);
  }

  dispose(): void {
    this.registration.dispose();
  }

  private contextOf(dockerfile: vscode.Uri, folder: vscode.WorkspaceFolder): string {
    const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === dockerfile.toString());
    const known = document && this.graphs.of(document)?.context.uri;
    if (known) return this.server.toUri(known).fsPath;
    const configured = vscode.workspace.getConfiguration('keyline', dockerfile).get('context', '');
    return configured === '' ? path.dirname(dockerfile.fsPath) : path.resolve(folder.uri.fsPath, configured);
  }

  private task(definition: Definition, scope: vscode.WorkspaceFolder, name: string): vscode.Task | undefined {
    const program = findProgram(this.extension);
    if (!('path' in program) || !vscode.workspace.isTrusted) return undefined;
    const cwd = path.resolve(scope.uri.fsPath, definition.cwd ?? '.');
    const run = new vscode.ProcessExecution(program.path, ['build', '--', ...definition.command], { cwd });
    const task = new vscode.Task(definition, scope, name, 'keyline', run, []);
    task.group = vscode.TaskGroup.Build;
    task.detail = definition.command.join(' ');
    return task;
  }
}
