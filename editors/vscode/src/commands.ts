// What the user can ask for by name. Each command is about the Dockerfile in sight and says so when there is none.
import * as vscode from 'vscode';
import type { Answers } from './answers';
import { dockerfileInSight, type Graphs } from './graphs';
import type { Step } from './graph';
import type { Server } from './server';
import type { StageGraphView } from './stageGraphView';
import type { Tasks } from './tasks';

const mostFilesOffered = 2000;

interface Parts {
  server: Server;
  graphs: Graphs;
  answers: Answers;
  view: StageGraphView;
  tasks: Tasks;
}

export function reveal(document: vscode.Uri, line: number, character = 0): Thenable<vscode.TextEditor> {
  const place = new vscode.Position(line, character);
  const shown = vscode.window.visibleTextEditors.find((editor) => editor.document.uri.toString() === document.toString());
  return vscode.window.showTextDocument(document, {
    selection: new vscode.Range(place, place),
    ...(shown?.viewColumn ? { viewColumn: shown.viewColumn } : {}),
  });
}

export function registerCommands({ server, graphs, answers, view, tasks }: Parts): vscode.Disposable {
  const about = (action: (document: vscode.TextDocument) => Promise<void>) => async (given?: unknown) => {
    const document = dockerfileInSight(given instanceof vscode.Uri ? given : undefined);
    if (document) await action(document);
    else void vscode.window.showInformationMessage('Open a Dockerfile first.');
  };
  const commands: Record<string, (given?: unknown) => unknown> = {
    'keyline.showStageGraph': about((document) => view.show(document)),
    'keyline.explainAtCursor': about((document) => explain(server, answers, document)),
    'keyline.showReruns': about((document) => pickStep(server, document)),
    'keyline.whatIfFilesChange': about((document) => whatIfFiles(server, answers, document)),
    'keyline.whatIfArgumentsChange': about((document) => whatIfArguments(server, answers, document)),
    'keyline.runBuild': about((document) => runBuild(tasks, document)),
    'keyline.rememberBuild': about(async (document) => {
      await server.ask('keyline.recordBuild', { uri: server.uriOf(document) });
      graphs.refresh(document);
    }),
    'keyline.showStatus': about(async (document) => {
      const text = await server.ask<string>('keyline.status', { uri: server.uriOf(document) });
      if (text) await answers.show('keyline status', `# keyline ${server.version ?? ''}\n\n${text}`);
      else server.log.show();
    }),
    'keyline.restartServer': () => server.restart(),
    'keyline.showLog': () => server.log.show(),
  };
  return vscode.Disposable.from(...Object.entries(commands).map(([id, run]) => vscode.commands.registerCommand(id, run)));
}

async function explain(server: Server, answers: Answers, document: vscode.TextDocument): Promise<void> {
  const editor = vscode.window.visibleTextEditors.find((each) => each.document === document);
  const position = editor?.selection.active ?? new vscode.Position(0, 0);
  const text = await server.ask<string>('keyline.explain', { uri: server.uriOf(document), position });
  if (text) await answers.show('Cache key', text);
  else void vscode.window.showInformationMessage('There is nothing to explain at the cursor: put it on an instruction.');
}

interface StepItem extends vscode.QuickPickItem {
  line?: number;
}

const icons: Record<Step['fate'], string> = {
  cached: '$(pass-filled)',
  're-runs': '$(sync)',
  depends: '$(question)',
  unknown: '$(circle-large-outline)',
  'not built': '$(circle-slash)',
};

// All steps, stage by stage, with what re-runs them; the editor follows the choice.
async function pickStep(server: Server, document: vscode.TextDocument): Promise<void> {
  const graph = await server.graphOf(document);
  if (!graph) return;
  const items: StepItem[] = graph.stages.flatMap((stage) => [
    { label: `${stage.title}: ${stage.summary}`, kind: vscode.QuickPickItemKind.Separator },
    ...stage.steps.map((step) => ({
      label: `${icons[step.fate]} ${step.text}`,
      description: step.hint || step.fate,
      line: step.range.start.line,
    })),
  ]);
  const chosen = await vscode.window.showQuickPick(items, {
    title: graph.forecast ? 'What the next build does' : 'What an edit of files in the build directory re-runs',
    placeHolder: 'Choose a step to go to it',
    matchOnDescription: true,
    onDidSelectItem: (item: StepItem) => {
      const editor = vscode.window.visibleTextEditors.find((each) => each.document === document);
      if (item.line !== undefined) editor?.revealRange(new vscode.Range(item.line, 0, item.line, 0), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    },
  });
  if (chosen?.line !== undefined) await reveal(document.uri, chosen.line);
}

async function whatIfFiles(server: Server, answers: Answers, document: vscode.TextDocument): Promise<void> {
  const folder = (await server.graphOf(document))?.context.uri;
  const paths = folder ? await pickPaths(server.toUri(folder)) : await typePaths();
  if (paths && paths.length > 0) await whatIf(server, answers, document, { paths });
}

async function pickPaths(folder: vscode.Uri): Promise<string[] | undefined> {
  const below = folder.path.endsWith('/') ? folder.path : `${folder.path}/`;
  const files = await vscode.workspace.findFiles(new vscode.RelativePattern(folder, '**/*'), undefined, mostFilesOffered);
  const paths = files.flatMap((file) => (file.path.startsWith(below) ? [file.path.slice(below.length)] : []));
  // Without a search in this workspace, or outside of it, nothing is found.
  if (paths.length === 0) return typePaths();
  return vscode.window.showQuickPick(paths.sort(), {
    title: 'Which files of the build directory change?',
    placeHolder: 'Mark one or more',
    canPickMany: true,
  });
}

async function typePaths(): Promise<string[] | undefined> {
  const text = await vscode.window.showInputBox({
    title: 'Which files of the build directory change?',
    prompt: 'Paths from the build directory, with blanks between them',
    placeHolder: 'package.json src/app.ts',
  });
  return text?.split(/\s+/).filter((word) => word !== '');
}

async function whatIfArguments(server: Server, answers: Answers, document: vscode.TextDocument): Promise<void> {
  const text = await vscode.window.showInputBox({
    title: 'Which build arguments change?',
    prompt: 'Their names, with blanks between them',
    placeHolder: 'VERSION GIT_SHA',
  });
  const names = text?.split(/\s+/).filter((word) => word !== '');
  if (names && names.length > 0) await whatIf(server, answers, document, { arguments: names });
}

async function whatIf(server: Server, answers: Answers, document: vscode.TextDocument, change: object): Promise<void> {
  const text = await server.ask<string>('keyline.whatIf', { uri: server.uriOf(document), ...change });
  if (text) await answers.show('What if', text);
}

async function runBuild(tasks: Tasks, document: vscode.TextDocument): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    void vscode.window.showInformationMessage('Builds are run once the workspace is trusted.');
    return;
  }
  const task = tasks.taskFor(document.uri);
  if (task) await vscode.tasks.executeTask(task);
  else void vscode.window.showInformationMessage('Only a Dockerfile in an open folder can be built from here.');
}
